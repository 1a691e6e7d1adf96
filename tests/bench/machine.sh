# shellcheck shell=bash
# Boots for measurements.  Sourced: the working folder is the checkout.

scratch=$(mktemp -d build/bench.XXXXXX)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

archive=build/initramfs.cpio

# machine KERNEL MB ARGUMENTS: the command in `qemu' boots $archive on that kernel.  (Debian's would move itself to a
# random address; the others do not know the word.)
machine() {
	# shellcheck disable=SC2034 # for whoever sources this
	qemu=(qemu-system-i386 -accel tcg -nic none -display none -no-reboot -m "$2"
		-kernel "$1" -initrd "$archive" -append "$(<iso/arguments) nokaslr panic=-1 $3")
}
