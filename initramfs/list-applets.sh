#!/bin/bash
# usage: list-applets.sh BUSYBOX LIST
#
# Print a link in /bin for each applet of BUSYBOX, in the archive's syntax, but not where LIST has a file of that
# name already: our own programs win.
#
# BUSYBOX says itself what its applets are.
set -euo pipefail
export LC_ALL=C
. "${0%/*}/run-i386.sh"

die() {
	echo "initramfs: list the applets of $busybox: $*" >&2
	exit 1
}

busybox=$(realpath -m "$1")
[ -x "$busybox" ] || die "it is not there, or no program"
i386_runner "$busybox" --list
links=$("${runner[@]}" "$busybox" --list | awk '
	FNR == NR { taken[$2] = 1; next }
	!("/bin/" $1 in taken) { print "slink /bin/" $1 " busybox 0777 0 0" }' "$2" -)

for applet in sh mount poweroff; do
	grep -q "^slink /bin/$applet " <<<"$links" || die "no $applet among them"
done
echo "$links"
