#!/bin/bash
# usage: bench.sh
#
# What the call, a restart and the image cost: guest instructions, bytes and ratios, as Markdown.  ./build.sh bench
# calls this after a build.  Nothing here is a time: `-icount shift=0' makes a guest's nanosecond one instruction.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/.."

scratch=$(mktemp -d build/bench.XXXXXX)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

die() {
	echo "bench: $*" >&2
	exit 1
}

# Boot the kernel and the archive with MB of memory and the kernel arguments; the verdicts go to a file.
machine=(qemu-system-i386 -accel tcg -nic none -display none -no-reboot)
boot() {
	local mb=$1 arguments=$2
	shift 2
	"${machine[@]}" -m "$mb" -kernel build/bzImage -initrd build/initramfs.cpio.gz \
		-append "$(<iso/arguments) panic=-1 $arguments" "$@"
}

# The guest's measurements.  896 MB, all that a kernel without high memory uses, hold 10,000 tasks.
measure_calls() {
	timeout 1800 bash -c "$(declare -f boot); $(declare -p machine); "'boot 896 mode=bench "$@"' - \
		-icount shift=0,sleep=off -serial "file:$scratch/console" -serial "file:$scratch/verdict" ||
		die "the guest's measurements did not end; its console's last lines: $(tail -n 5 "$scratch/console")"
	tr -d '\r' <"$scratch/verdict" >"$scratch/results"
	[ "$(tail -n 1 "$scratch/results")" = "bench: ok" ] ||
		die "the guest's measurements failed: $(tail -n 1 "$scratch/results")"
}

# Instructions when each of the addresses is first reached, by QEMU's own count.
count_at() {
	local socket=$scratch/gdb commands=() address
	for address; do
		commands+=(-ex "thbreak *$address" -ex continue -ex "monitor info replay")
	done
	boot 32 mode=auto -icount "shift=0,rr=record,rrfile=$scratch/record" -serial null \
		-S -chardev "socket,path=$socket,server=on,wait=off,id=gdb" -gdb chardev:gdb 2>/dev/null &
	while [ ! -S "$socket" ]; do sleep 0.1; done
	timeout 120 gdb -batch -nx -ex "set architecture i386" -ex "target remote $socket" "${commands[@]}" -ex kill \
		2>&1 | sed -n 's/.*instruction count = \([0-9]*\).*/\1/p'
	wait
}

# A function of the kernel.
symbol() {
	awk -v name="$1" '$3 == name { print "0x" $1; exit }' build/kernel/System.map
}

# 32-bit kernels are entered at 1 MiB (Documentation/arch/x86/boot.rst).
measure_boot() {
	local counts
	mapfile -t counts < <(count_at 0x100000 "$(symbol start_kernel)" "$(symbol run_init_process)")
	[ "${#counts[@]}" = 3 ] || die "the boot's three points were not reached: ${counts[*]}"
	echo "${counts[*]}"
}

# Does the whole tour run with MB of memory?  With too little the kernel may not even panic.
runs_with() {
	: >"$scratch/verdict"
	timeout 30 bash -c "$(declare -f boot); $(declare -p machine); "'boot "$@"' - "$1" mode=auto \
		-serial null -serial "file:$scratch/verdict" 2>/dev/null || return 1
	[ "$(tail -n 1 "$scratch/verdict" | tr -d '\r')" = "demo: ok" ]
}

# The smallest memory, in MB, by halving.
measure_memory() {
	local too_little=4 enough=64 mb
	runs_with $enough || die "the tour does not run with $enough MB"
	while ((enough - too_little > 1)); do
		mb=$(((too_little + enough) / 2))
		if runs_with $mb; then enough=$mb; else too_little=$mb; fi
	done
	echo $enough
}

echo "bench: the calls, in the guest" >&2
measure_calls
echo "bench: the boot" >&2
read -r entry start init < <(measure_boot)
echo "bench: the smallest memory" >&2
memory=$(measure_memory)

awk -f tests/bench/tables.awk "$scratch/results"
cat <<END
## The image

| | |
|---|---|
| bzImage | $(stat -c %s build/bzImage) bytes |
| initramfs.cpio.gz | $(stat -c %s build/initramfs.cpio.gz) bytes |
| clone_with_pids.iso | $(stat -c %s build/clone_with_pids.iso) bytes |
| from the kernel's entry to start_kernel() (it unpacks itself) | $((start - entry)) instructions |
| from start_kernel() to /init | $((init - start)) instructions |
| from the kernel's entry to /init | $((init - entry)) instructions |
| the least memory with which the whole tour runs | $memory MB |
END
