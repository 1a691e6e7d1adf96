#!/bin/bash
# usage: fetch-ovmf.sh FOLDER
#
# Make FOLDER with the UEFI firmware that QEMU boots in tests, of 64 and of 32 bits: Debian 13's, on every host, because
# later releases have none of 32 bits.
set -euo pipefail
export LC_ALL=C
. initramfs/apt-i386.sh

folder=$1
mkdir -p "$folder.apt"
state=$(realpath "$folder.apt")
trap 'rm -rf "$state" "$folder.debs" "$folder.tmp"' EXIT
trap 'exit 1' INT TERM

die() {
	echo "tests: $*" >&2
	exit 1
}

rm -rf "$folder" "$folder.tmp" "$folder.debs"
mkdir "$folder.tmp" "$folder.debs"
apt_i386_download_13 "$(realpath "$folder.debs")" ovmf ovmf-ia32
for deb in "$folder.debs"/*.deb; do
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$folder.tmp" --strip-components=4 ./usr/share/OVMF
done
touch "$folder.tmp"
mv "$folder.tmp" "$folder"
