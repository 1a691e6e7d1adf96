#!/bin/bash
# usage: bench.sh
#
# What the call, a restart and the image cost: guest instructions, bytes and ratios, as Markdown.  ./build.sh bench
# calls this after a build.  Nothing here is a time: `-icount shift=0' makes a guest's nanosecond one instruction.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/.."

. tests/bench/machine.sh

die() {
	echo "bench: $*" >&2
	exit 1
}

say() {
	echo "bench: $*" >&2
}

# The guest's measurements.  896 MB, all that a kernel without high memory uses, hold 10,000 tasks.
measure_calls() {
	local archive=$scratch/archive
	cat build/initramfs.cpio build/tests.cpio.gz >"$archive"
	machine build/bzImage 896 mode=bench
	timeout 3600 "${qemu[@]}" -icount shift=0,sleep=off \
		-serial "file:$scratch/console" -serial "file:$scratch/verdict" ||
		die "the guest's measurements did not end; its console's last lines: $(tail -n 5 "$scratch/console")"
	tr -d '\r' <"$scratch/verdict" >"$scratch/results"
	[ "$(tail -n 1 "$scratch/results")" = "bench: ok" ] ||
		die "the guest's measurements failed: $(tail -n 1 "$scratch/results")"
}

# The kernels that are measured: ours, Debian's, and tinyconfig with a console as the floor.  Each with an ISO of its
# own, and with the same archive.
declare -A kernel=(
	[ours]=build/bzImage
	[stock]=build/stock/bzImage
	[floor]=build/floor/arch/x86/boot/bzImage
)
declare -A iso=(
	[ours]=build/clone_with_pids.iso
	[stock]=build/stock/clone_with_pids.iso
	[floor]=build/floor/clone_with_pids.iso
)

make_iso() {
	make -j"$(nproc)" "${iso[$1]}" >&2
}

measure_kernel() {
	say "the boot of ${kernel[$1]}"
	{
		echo "bzImage: $(stat -c %s "${kernel[$1]}")"
		echo "archive: $(stat -c %s build/initramfs.cpio)"
		echo "iso: $(stat -c %s "${iso[$1]}")"
		tests/bench/kernel.sh "${kernel[$1]}"
	} >"$scratch/$1" || die "no figures of ${kernel[$1]}"
}

# row TITLE WHAT: what was measured of each kernel; nothing is known of one that is not there.
row() {
	local name cells=
	for name in ours stock floor; do
		cells+=" $(sed -n "s/^$2: //p" "$scratch/$name" 2>/dev/null | grep . || echo -) |"
	done
	echo "| $1 |$cells"
}

image_table() {
	echo "| | ours | $stock | tinyconfig and a serial console |"
	echo "|---|---|---|---|"
	row "bzImage, bytes" bzImage
	row "initramfs.cpio, bytes" archive
	row "ISO, bytes" iso
	row "instructions from the kernel's entry until it is unpacked" unpacked
	row "instructions from there to PID 1's first" kernel
	row "instructions from the kernel's entry to PID 1's first" init
	row "the least memory with which PID 1 starts, MB" starts
	row "the least memory with which \`mode=auto\` comes to its verdict, MB" concludes
	row "the verdict" verdict
}

# What the machine of Debian's kernel is called in the table, or why there is none.
make_iso floor || die "the floor was not built"
if make_iso stock; then
	stock="Debian's $(<build/stock/version)"
else
	stock="Debian's, not measured: $(grep '^bench: ' build/log/stock.log | tail -n 1 || true)"
	kernel[stock]=
fi

say "the calls, in the guest"
measure_calls
for name in ours stock floor; do
	[ -z "${kernel[$name]}" ] || measure_kernel "$name"
done

awk -f tests/bench/tables.awk "$scratch/results"
echo "## The image"
echo
image_table
