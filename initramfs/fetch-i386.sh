#!/bin/bash
# usage: fetch-i386.sh SYSROOT DEBS PACKAGE...
#
# Unpack Debian's i386 PACKAGEs into SYSROOT; what is not in the folder DEBS yet is downloaded to there.  A busybox that
# cannot run the lesson's programs is replaced there by Debian 13's.
set -euo pipefail
export LC_ALL=C
. "${0%/*}/apt-i386.sh"
. "${0%/*}/run-i386.sh"

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
	{ compgen -G "$debs/$1_*_i386.deb" || compgen -G "$debs/$1_*_all.deb"; } | tail -n 1
}

unpack() {
	local package deb
	rm -rf "$sysroot.tmp"
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
}

# Does a `read' of busybox's shell end when a signal that it traps has come before?  busybox 1.38's does not, with a
# timeout or without, and the programs of the lesson live by that (demo/programs/common).
reads_after_signal() {
	local fifo=$state/fifo said
	i386_runner "$1" --list
	rm -f "$fifo"
	mkfifo "$fifo"
	# shellcheck disable=SC2016 # busybox expands this
	said=$(timeout -s KILL 10 "${runner[@]}" "$1" sh -c \
		'trap heard=yes USR1; kill -USR1 $$; read -r -t 0.1 _; echo "$heard"' <>"$fifo") || true
	[ "$said" = yes ]
}

check_busybox() {
	local busybox=$sysroot.tmp/usr/bin/busybox deb wrong="a read of its shell does not end after a trapped signal"
	if [ ! -e "$busybox" ] || reads_after_signal "$busybox"; then return; fi
	deb=$(deb_of busybox-static)
	echo "initramfs: busybox-static $(dpkg-deb -f "$deb" Version): $wrong; taking Debian 13's instead"
	rm "$deb"
	apt_i386_download_13 "$debs" busybox-static
	unpack "$@"
	reads_after_signal "$busybox" || die "check $(deb_of busybox-static): $wrong"
}

absent=()
for package; do
	deb_of "$package" >/dev/null || absent+=("$package")
done
[ "${#absent[@]}" = 0 ] || fetch "${absent[@]}"

rm -rf "$sysroot"
unpack "$@"
check_busybox "$@"
touch "$sysroot.tmp"
mv "$sysroot.tmp" "$sysroot"
rm -rf "$state"
