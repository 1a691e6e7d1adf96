#!/bin/bash
# usage: list-applets.sh BUSYBOX LIST
#
# Print a link in /bin for each applet of BUSYBOX, in the archive's syntax, but not where LIST has a file of that
# name already: our own programs win.
#
# The host may be unable to run BUSYBOX, so the names are read out of it: they lie in one table, sorted, each ended
# by a zero byte, and the table starts with "[" and "[[".
set -euo pipefail
export LC_ALL=C

applets() {
	tr '\0' '\n' <"$1" | awk '
		done { next }
		in_table && $0 <= last { done = 1; next }
		last == "[" && $0 == "[[" { in_table = 1; print last }
		in_table { print }
		{ last = $0 }'
}

links=$(applets "$1" | awk '
	FNR == NR { taken[$2] = 1; next }
	!("/bin/" $1 in taken) { print "slink /bin/" $1 " busybox 0777 0 0" }' "$2" -)

for applet in sh mount poweroff; do
	grep -q "^slink /bin/$applet " <<<"$links" || {
		echo "initramfs: list the applets of $1: no $applet among them; is its table of names another one now?" >&2
		exit 1
	}
done
echo "$links"
