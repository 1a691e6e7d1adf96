#!/bin/bash
# usage: fuzz.sh [--calls N] [--seed N]
#
# Run guest-fuzz for long: on the kernel that checks itself, with two CPUs.  ./build.sh fuzz calls this after a build.
# A splat on the console is a failure, whatever the program found.  How long it takes is the host's matter: the
# program itself notices when it does not get on, and Ctrl-C ends it.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

calls=1000000 seed=$((RANDOM << 15 | RANDOM))
while [ $# -gt 0 ]; do
	declare "${1#--}=$2"
	shift 2
done

fail() {
	echo "fuzz: seed $seed: $*" >&2
	exit 1
}
# shellcheck source=tests/host/splats.sh
. tests/host/splats.sh
# shellcheck disable=SC2034 # splats.sh reads it: told not to look for leaks, the kernel says so
HARMLESS='kmemleak: Kernel memory leak detector'

archive=build/log/fuzz.archive console=build/log/fuzz.console verdict=build/log/fuzz.verdict
make -j"$(nproc)" debug-kernel
cat build/initramfs.cpio build/tests.cpio.gz >"$archive"
: >"$console"
: >"$verdict"
echo "Seed $seed, $calls calls on the debugging kernel; its console is in $console."

# The page allocator's own checks flush the emulator's translations at every step, and a leak is for the tests to
# find: without both it is three times as fast.  The limit is longer than any run.
arguments="console=ttyS0 ignore_loglevel panic=-1 mode=test limit=2000000 tsc=unstable debug_pagealloc=off kmemleak=off
	rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30 demo=/tests/guest-fuzz fuzz_calls=$calls fuzz_seed=$seed"
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
trap 'exit 1' INT TERM
nice qemu-system-i386 -accel tcg -m 256 -smp 2 -nic none -display none -monitor none -no-reboot \
	-kernel build/debug/arch/x86/boot/bzImage -initrd "$archive" -append "${arguments//[$'\n\t']/ }" \
	-serial "file:$console" -serial "file:$verdict" &
qemu=$!
tail -f --pid="$qemu" "$console" | grep --line-buffered -o 'guest-fuzz: [0-9]* calls$' || true
wait "$qemu" || fail "QEMU failed with status $?"

grep -a '^note ' "$verdict" || true
no_splats "$console"
last=$(tail -n 1 "$verdict" | tr -d '\r')
[ "$last" = "test: ok" ] || fail "the verdict is '${last:-missing}', not 'test: ok'"
