#!/bin/bash
# usage: fetch-stock.sh FOLDER
#
# Debian's own kernel for i386, to be measured beside ours: FOLDER/bzImage, and its version in FOLDER/version.  Of the
# kernels that apt offers (for processors like ours, 686 without PAE) the newest 6.12; if there is none, the newest.
set -euo pipefail
export LC_ALL=C
. initramfs/apt-i386.sh

folder=$1
mkdir -p "$folder.apt"
state=$(realpath "$folder.apt")
trap 'rm -rf "$state" "$folder.tmp"' EXIT
trap 'exit 1' INT TERM

die() {
	echo "bench: $*" >&2
	exit 1
}

# Packages with a kernel in them have three numbers in their names, those that only depend on one have two.
newest() {
	apt_i386 apt-cache pkgnames linux-image- | grep -E "^linux-image-$1[^-]*(-[0-9]+)?-686\$" | sort -V | tail -n 1
}

apt_i386_update
package=$(newest '6\.12\.' || newest '[0-9]+\.[0-9]+\.') ||
	die "apt offers no Debian kernel for i386 (linux-image-*-686); build/log/stock.log has what it said"
rm -rf "$folder" "$folder.tmp"
mkdir "$folder.tmp"
(
	cd "$folder.tmp"
	apt_i386 apt-get download "$package" || die "fetch $package: apt-get download failed; is the network there?"
	deb=$(compgen -G "${package}_*_i386.deb") || die "fetch $package: apt-get downloaded something else: $(ls)"
	dpkg-deb --fsys-tarfile "$deb" | tar -x --strip-components=2 ./boot || die "unpack $deb: dpkg-deb or tar failed"
	mv "vmlinuz-${package#linux-image-}" bzImage || die "unpack $deb: it has no vmlinuz-${package#linux-image-}"
	touch bzImage
	echo "$package $(dpkg-deb -f "$deb" Version)" >version
	rm -f "$deb" System.map-* config-*
)
mv "$folder.tmp" "$folder"
