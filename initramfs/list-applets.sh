#!/bin/bash
# usage: list-applets.sh BUSYBOX
#
# Print the names by which BUSYBOX is called, one a line.  BUSYBOX says itself what its applets are.
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
applets=$("${runner[@]}" "$busybox" --list)

for applet in sh mount poweroff; do
	grep -qx "$applet" <<<"$applets" || die "no $applet among them"
done
echo "$applets"
