#!/bin/bash
# usage: run.sh [--auto] [--display] [--gdb] [--kernel] [--kvm] [--mem N]
#
# Boot the image in QEMU on this terminal; ./build.sh help says what the options mean.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

auto='' display='' gdb='' kernel='' kvm='' mem=64
while [ $# -gt 0 ]; do
	case $1 in
	--mem) mem=$2 && shift ;;
	*) declare "${1#--}=1" ;;
	esac
	shift
done

# The kernel's arguments in the menu's entry NAME.
arguments() {
	iso/menu.sh | sed -n "/^LABEL $1\$/,/APPEND/s/^ *APPEND //p"
}

entry=${auto:+auto}
entry=${entry:-guided}
machine=(qemu-system-i386 -m "$mem" -nic none)
if [ -n "$kvm" ]; then machine+=(-accel kvm); else machine+=(-accel tcg); fi
[ -n "$display" ] || machine+=(-display none)
image=build/bzImage
if [ -n "$gdb" ]; then
	# Its stub listens on a socket of this checkout; a port could be another machine's.
	kernel=1 image=build/gdb/arch/x86/boot/bzImage
	machine+=(-gdb "unix:build/gdb/stub,server=on,wait=off")
	echo "To attach, in another terminal: cd $PWD && gdb -x kernel/attach.gdb"
fi
if [ -n "$kernel" ]; then
	machine+=(-kernel "$image" -initrd build/initramfs.cpio -append "$(arguments "$entry")")
else
	machine+=(-cdrom build/clone_with_pids.iso -boot d)
fi

if [ -z "$auto" ]; then
	echo "Booting.  To leave QEMU at any time: Ctrl-A, then X."
	exec "${machine[@]}" -serial mon:stdio
fi

# Nobody is at the keyboard: choose the menu's entry when the menu is there, and take the verdict from the second
# serial port.  Silence, a hang and a panic are failures.
log=build/log/auto.log
verdict=build/log/auto.verdict
: >"$log"
: >"$verdict"
choose() {
	if [ -z "$kernel" ]; then
		# The menu has escapes where other text has newlines.
		{ tail -F "$log" 2>/dev/null | stdbuf -o0 tr '\033' '\n' || true; } | grep -q -m1 'Guided tour'
		iso/menu.sh | sed -n "/^LABEL $entry\$/,/MENU LABEL/s/.*^\(.\).*/\1/p" | tr -d '\n'
	fi
	sleep infinity
}
exec 3< <(choose)
chooser=$!
trap 'kill "$chooser" $(jobs -p) 2>/dev/null || true' EXIT
trap 'exit 1' INT TERM
timeout 300 "${machine[@]}" -no-reboot -chardev stdio,id=console,logfile="$log",signal=off -serial chardev:console \
	-serial file:"$verdict" <&3 &
status=0
wait $! || status=$?

last=$(tail -n 1 "$verdict" | tr -d '\r')
case $status in
0) echo "Verdict: ${last:-none; the machine stopped without one}" ;;
124) echo "Verdict: none; no end after 300 seconds" ;;
*) echo "Verdict: none; QEMU failed with status $status" ;;
esac
[ "$status" = 0 ] && [ "$last" = "demo: ok" ]
