# shellcheck shell=bash
# For the tests that boot: the machine, and how a verdict is judged.  Sourced after lib.sh.

# TCG works everywhere; nothing reboots, so that a panic ends QEMU.
machine=(qemu-system-i386 -accel tcg -nic none -display none -no-reboot)

# Arguments for QEMU: boot the ISO from its CD or as a disk, with two serial ports: the console on this terminal
# and the verdict in a file.  from_cd takes the memory in MB.
# shellcheck disable=SC2154 # scratch and iso are lib.sh's
from_cd() {
	qemu=("${machine[@]}" -m "$1" -cdrom "$iso" -boot d -serial stdio -serial "file:$scratch/verdict")
}

from_disk() {
	qemu=("${machine[@]}" -m 64 -drive "file=$iso,format=raw,snapshot=on" -boot c
		-serial stdio -serial "file:$scratch/verdict")
}

# Boot the kernel and the archive without the ISO: arguments for the kernel, then for QEMU.
kernel=build/bzImage archive=build/initramfs.cpio
directly() {
	local append=$1
	shift
	qemu=("${machine[@]}" -m 64 -kernel "$kernel" -initrd "$archive"
		-append "$(<iso/arguments) panic=-1 $append" -serial stdio -serial "file:$scratch/verdict" "$@")
}

# To follow one of these: the machine's time is counted in instructions, one a nanosecond.  A busy host delays nothing
# in there, and sleeping costs nothing.  Its CPUs take turns.
count_instructions() {
	qemu+=(-icount "shift=0,sleep=off")
}

# To follow one of these: boot.exp can press keys, take pictures and see the power go off.
with_monitor() {
	mkfifo "$scratch/monitor.in" "$scratch/monitor.out"
	qemu+=(-chardev "pipe,id=monitor,path=$scratch/monitor" -mon "chardev=monitor,mode=control" -no-shutdown)
	export MONITOR=$scratch/monitor
}

# Boot as arranged, play the STEPs of boot.exp, keep the console's text without carriage returns.
play() {
	local why status=0
	: >"$scratch/verdict"
	why=$(expect tests/host/boot.exp "$scratch/raw" "${qemu[@]}" -- "$@" 2>&1) || status=$?
	tr -d '\r' <"$scratch/raw" >"$scratch/console"
	if [ "$status" != 0 ]; then
		echo "The console's last lines:"
		tail -n 15 "$scratch/console" | cat -v
		printf '\n'
		fail "$(tail -n 1 <<<"$why")"
	fi
}

# An archive with more in it, $scratch/archive: the lesson's, the tests', and the folder's files, if one is named, which
# belong to root there.  The kernel unpacks one after the other.
archive_with() {
	{
		cat build/initramfs.cpio build/tests.cpio.gz
		[ $# = 0 ] || (cd "$1" && find . -mindepth 1 | cpio -o -H newc -R 0:0 --quiet) | gzip -n
	} >"$scratch/archive"
	archive=$scratch/archive
}

# The verdict's last line; nothing if there is none.
verdict() {
	tail -n 1 "$scratch/verdict" | tr -d '\r'
}

# Only this very line is success: no verdict, a panic after it or another text is a failure.
judge() {
	local said
	said=$(verdict)
	if grep -q 'Kernel panic' "$scratch/console"; then fail "the kernel panicked"; fi
	[ "$said" = "$1" ] || fail "the verdict is '${said:-missing}', not '$1'"
}
