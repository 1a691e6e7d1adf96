#!/bin/bash
# usage: list-applets.sh BUSYBOX LIST
#
# Print a link in /bin for each applet of BUSYBOX, in the archive's syntax, but not where LIST has a file of that
# name already: our own programs win.
#
# BUSYBOX says itself what its applets are.  It is for i386 and static: an x86 host runs it as it is, others by QEMU.
set -euo pipefail
export LC_ALL=C

die() {
	echo "initramfs: list the applets of $1: $2" >&2
	exit 1
}

# The names, by the first way that works; what does not work says nothing.
applets() {
	local runner
	for runner in '' qemu-i386 qemu-i386-static; do
		if ${runner:+command -v "$runner"} >/dev/null && $runner "$1" --list 2>/dev/null; then return; fi
	done
	return 1
}

[ -x "$1" ] || die "$1" "it is not there, or no program"
names=$(applets "$(realpath "$1")") ||
	die "$1" "this host does not run i386 programs; QEMU can: apt-get install qemu-user"
links=$(awk '
	FNR == NR { taken[$2] = 1; next }
	!("/bin/" $1 in taken) { print "slink /bin/" $1 " busybox 0777 0 0" }' "$2" - <<<"$names")

for applet in sh mount poweroff; do
	grep -q "^slink /bin/$applet " <<<"$links" || die "$1" "no $applet among them"
done
echo "$links"
