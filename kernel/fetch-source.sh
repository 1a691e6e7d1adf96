#!/bin/bash
# usage: fetch-source.sh FILE
#
# Make FILE the newest linux-source-RELEASE.tar.xz of Debian 13, for a host whose own Debian no longer has that release.
# It comes from the mirrors that apt is configured with.
set -euo pipefail
export LC_ALL=C
. "${0%/*}/../initramfs/apt-i386.sh"

file=$1
release=$(<"${0%/*}/release")
folder=$(dirname "$file")
mkdir -p "$folder/apt" "$folder/debs"
state=$(realpath "$folder/apt")

die() {
	echo "kernel: $*; KERNEL_TARBALL=FILE builds from another linux-$release.y" >&2
	exit 1
}

apt_i386_download_13 "$folder/debs" "linux-source-$release"
deb=$(compgen -G "$folder/debs/linux-source-${release}_*.deb" | tail -n 1)
dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/linux-source-$release.tar.xz" >"$file.tmp" ||
	die "unpack $deb: it has no usr/src/linux-source-$release.tar.xz"
rm -rf "$folder/apt" "$folder/debs"
mv "$file.tmp" "$file"
