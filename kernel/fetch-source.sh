#!/bin/bash
# usage: fetch-source.sh FILE
#
# Make FILE the newest linux-source-6.12.tar.xz of Debian 13, for a host whose own release has no Linux 6.12 any more.
# It comes from the mirrors that apt is configured with.
set -euo pipefail
export LC_ALL=C
. "${0%/*}/../initramfs/apt-i386.sh"

file=$1
folder=$(dirname "$file")
mkdir -p "$folder/apt" "$folder/debs"
state=$(realpath "$folder/apt")

die() {
	echo "kernel: $*; KERNEL_TARBALL=FILE builds from another linux-6.12.y" >&2
	exit 1
}

apt_i386_download_13 "$folder/debs" linux-source-6.12
deb=$(compgen -G "$folder/debs/linux-source-6.12_*.deb" | tail -n 1)
dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/src/linux-source-6.12.tar.xz >"$file.tmp" ||
	die "unpack $deb: it has no usr/src/linux-source-6.12.tar.xz"
rm -rf "$folder/apt" "$folder/debs"
mv "$file.tmp" "$file"
