#!/bin/bash
# usage: fetch-i386.sh SYSROOT DEBS PACKAGE...
#
# Unpack Debian's i386 PACKAGEs into SYSROOT; what is not in the folder DEBS yet is downloaded to there.
set -euo pipefail
export LC_ALL=C
. "${0%/*}/apt-i386.sh"

sysroot=$1
debs=$2
shift 2
mkdir -p "$sysroot.apt" "$debs"
state=$(realpath "$sysroot.apt")

die() {
	echo "initramfs: $*" >&2
	exit 1
}

fetch() {
	apt_i386_update
	apt_i386_download "$debs" "$@"
}

# The package's file, if it is there.
deb_of() {
	compgen -G "$debs/$1_*_i386.deb" | tail -n 1
}

absent=()
for package; do
	deb_of "$package" >/dev/null || absent+=("$package")
done
[ "${#absent[@]}" = 0 ] || fetch "${absent[@]}"

rm -rf "$sysroot" "$sysroot.tmp"
mkdir "$sysroot.tmp"
for package; do
	deb=$(deb_of "$package")
	dpkg-deb -x "$deb" "$sysroot.tmp" || die "unpack $deb: dpkg-deb failed; remove it to have it fetched again"
done
# Debian has /bin in /usr; until Debian 12, busybox's package did not know of that.
if [ -d "$sysroot.tmp/bin" ]; then
	mkdir -p "$sysroot.tmp/usr/bin"
	mv "$sysroot.tmp"/bin/* "$sysroot.tmp/usr/bin"
	rmdir "$sysroot.tmp/bin"
fi
touch "$sysroot.tmp"
mv "$sysroot.tmp" "$sysroot"
rm -rf "$state"
