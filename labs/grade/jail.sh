#!/bin/bash
# usage: jail.sh FOLDER COMMAND [ARGUMENT]...
#
# Run a compiler on a stranger's source, which may include any file by its path, or have the assembler do it, and make
# the compiler run for ever, or write without end.  COMMAND sees the compilers in /usr, what the labs compile against,
# and FOLDER, where alone it can write: no home, no /etc, no /proc, no network, no variables but those that builds need.
# Its time, its memory and the size of its files are bounded: JAIL_SECONDS, and twice as much for the whole.
set -euo pipefail

folder=$(realpath "$1")
shift
top=$(cd "${0%/*}/../.." && pwd)
view=(--unshare-all --die-with-parent --new-session --clearenv --ro-bind /usr /usr --dev /dev --tmpfs /tmp)
for path in /bin /sbin /lib /lib64 /etc/alternatives; do
	if [ -L "$path" ]; then view+=(--symlink "$(readlink "$path")" "$path")
	elif [ -e "$path" ]; then view+=(--ro-bind "$path" "$path"); fi
done
for path in build/sysroot build/kernel/usr build/labs/jail/linux labs/c; do
	[ ! -e "$top/$path" ] || view+=(--ro-bind "$top/$path" "$top/$path")
done
for name in PATH LC_ALL TZ ARCH CROSS_COMPILE LOCALVERSION SOURCE_DATE_EPOCH \
	KBUILD_BUILD_TIMESTAMP KBUILD_BUILD_USER KBUILD_BUILD_HOST KBUILD_BUILD_VERSION; do
	[ -z "${!name+set}" ] || view+=(--setenv "$name" "${!name}")
done
# What the caller has open, such as the checkout for a lock, stays outside.
exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
seconds=${JAIL_SECONDS:-60}
ulimit -t "$seconds" -v 4000000 -f "${JAIL_KB:-20480}" -c 0
exec timeout -k 5 $((2 * seconds)) bwrap "${view[@]}" --bind "$folder" "$folder" --chdir "$folder" "$@"
