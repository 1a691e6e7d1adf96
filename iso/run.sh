#!/bin/bash
# usage: run.sh [--auto] [--classroom] [--display] [--gdb] [--kernel] [--kvm] [--mem N]
#
# Boot the image in QEMU on this terminal; ./build.sh help says what the options mean.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

auto='' classroom='' display='' gdb='' kernel='' kvm='' mem=64
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

entry=${auto:+auto}${classroom:+page}
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

# Wait for the menu on the console, which the log has, and print the key of its entry, after BEFORE and followed by AFTER.
choose() {
	if [ -z "$kernel" ]; then
		# The menu has escapes where other text has newlines.
		{ tail -F "$log" 2>/dev/null | stdbuf -o0 tr '\033' '\n' || true; } | grep -q -m1 'Guided tour'
		printf '%s' "$1$(iso/menu.sh | sed -n "/^LABEL $entry\$/,/MENU LABEL/s/.*^\(.\).*/\1/p")$2"
	fi
	exec sleep infinity
}

# A port of the loopback on which nobody listens yet, this one or one of the next.
free_port() {
	local port
	for ((port = $1; port < $1 + 100; port++)); do
		if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			echo "$port"
			return
		fi
	done
	echo "run.sh: no port from $1 to $((port - 1)) is free on 127.0.0.1" >&2
	exit 1
}

# A chardev that a page on this computer can open, and nobody else.
websocket() {
	echo "socket,id=$1,host=127.0.0.1,port=$2,server=on,wait=off,websocket=on"
}

if [ -n "$classroom" ]; then
	log=build/log/classroom.log page=build/classroom/machine.html
	: >"$log"
	console=$(free_port 5710)
	feed=$(free_port $((console + 1)))
	sed "s/@CONSOLE@/$console/g; s/@FEED@/$feed/g" build/classroom/qemu.html >"$page.tmp"
	mv "$page.tmp" "$page"
	echo "Booting.  Open this file in a browser on this computer, at any time: file://$PWD/$page"
	echo "To end the machine: Ctrl-C here."
	# The serial line is the page's, so that the menu gets its key from the monitor.
	exec 3< <(choose 'sendkey ' $'\n')
	chooser=$!
	trap 'kill "$chooser" $(jobs -p) 2>/dev/null || true' EXIT
	trap 'exit 1' INT TERM
	"${machine[@]}" -chardev "$(websocket console "$console"),logfile=$log" -serial chardev:console \
		-chardev "$(websocket feed "$feed")" -serial chardev:feed -monitor stdio <&3 >/dev/null &
	wait $!
	exit
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
exec 3< <(choose '' '')
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
