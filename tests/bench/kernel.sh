#!/bin/bash
# usage: kernel.sh KERNEL
#
# What a boot of KERNEL with our archive costs, as lines of the form `WHAT: VALUE'.  It needs no symbols: a bzImage says
# in its header where it is entered and where it unpacks itself to (Documentation/arch/x86/boot.rst), and /init is where
# it was linked to.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/../.."

kernel=$1

die() {
	echo "bench: $kernel: $*" >&2
	exit 1
}

. tests/bench/machine.sh

# What ./build.sh run gives the machine; also enough for the stock kernel.
memory=64

# A number of N bytes at an offset of the bzImage.
header() {
	od -An -t "u$2" -j "$1" -N "$2" "$kernel" | tr -d ' '
}

# The first instructions of: the bzImage, the kernel in it, PID 1.
points() {
	printf '*%#x\n' "$(header 0x214 4)" "$(header 0x258 8)"
	readelf -h build/initramfs/init | sed -n 's/.*Entry point address: */*/p'
}

# End a boot that was started here.
end() {
	kill "$1" 2>/dev/null || true
	wait "$1" || true
}

# watch MB OPTIONS POINT...: what gdb says of a boot that stops at each POINT in turn, and ends at the last.
# QEMU's instruction count is asked for at each.
watch() {
	local mb=$1 options=$2 socket=$scratch/gdb commands=() point pid
	shift 2
	for point; do
		commands+=(-ex "thbreak $point" -ex continue -ex "monitor info replay")
	done
	rm -f "$socket"
	machine "$kernel" "$mb" mode=auto
	# shellcheck disable=SC2086 # the options are words
	"${qemu[@]}" $options -serial null -S \
		-chardev "socket,path=$socket,server=on,wait=off,id=gdb" -gdb chardev:gdb 2>/dev/null &
	pid=$!
	while [ ! -S "$socket" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
	timeout "$limit" gdb -batch -nx -ex "set architecture i386" -ex "target remote $socket" "${commands[@]}" \
		-ex kill 2>&1 || true
	end "$pid"
}

# Instructions from the first point to the second and to the third.
measure_boot() {
	local counts where
	mapfile -t where < <(points)
	mapfile -t counts < <(watch $memory "-icount shift=0,rr=record,rrfile=$scratch/record" "${where[@]}" |
		sed -n 's/.*instruction count = \([0-9]*\).*/\1/p')
	[ "${#counts[@]}" = 3 ] || die "the boot's points ${where[*]} were not reached: ${counts[*]-}"
	echo "unpacked: $((counts[1] - counts[0]))"
	echo "kernel: $((counts[2] - counts[1]))"
	echo "init: $((counts[2] - counts[0]))"
}

# Does PID 1 start with MB of memory?
starts_with() {
	watch "$1" "" "$(points | tail -n 1)" | grep -q '^Temporary breakpoint .*, 0x'
}

# The verdict of mode=auto with MB of memory, none if the boot does not come to one.  It is read from the console and
# ends the wait: a kernel that is not the lesson's may have no second serial line, and not know how to power off.
verdict_with() {
	local console=$scratch/console pid deadline=$((SECONDS + limit)) line=
	: >"$console"
	machine "$kernel" "$1" mode=auto
	"${qemu[@]}" -serial "file:$console" 2>/dev/null &
	pid=$!
	while [ -z "$line" ] && [ $SECONDS -lt $deadline ] && kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		line=$(verdict_in "$console")
	done
	end "$pid"
	verdict_in "$console"
}

# The verdict's line, whole.
verdict_in() {
	tr -d '\r' <"$1" | awk '/^demo: (ok|FAILED: .*)$/ { line = $0 } END { print line }'
}

same_verdict() {
	[ "$(verdict_with "$1")" = "$verdict" ]
}

# smallest FUNCTION TOO_LITTLE: the least memory, in MB, with which FUNCTION is true, by halving.
smallest() {
	local too_little=$2 enough=$memory mb
	while ((enough - too_little > 1)); do
		mb=$(((too_little + enough) / 2))
		if "$1" $mb; then enough=$mb; else too_little=$mb; fi
	done
	echo $enough
}

# Until it is known how long a boot takes here, a bound for the slowest.  Counting takes longer.
limit=1500
measure_boot
limit=300
started=$SECONDS
verdict=$(verdict_with $memory)
[ -n "$verdict" ] || die "mode=auto comes to no verdict with $memory MB: $(tail -n 1 "$scratch/console")"
# With too little memory the kernel may not even panic: four times as long is long enough.
limit=$((4 * (SECONDS - started) + 5))
starts=$(smallest starts_with 0)
echo "starts: $starts"
echo "verdict: $verdict"
echo "concludes: $(smallest same_verdict $((starts - 1)))"
