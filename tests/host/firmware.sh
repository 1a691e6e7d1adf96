#!/bin/bash
# Boot the image as PCs do: by UEFI of 64 and of 32 bits and by a BIOS, from a CD and from a stick, with a USB keyboard
# and no other; on screens of all sizes; with each keyboard layout.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
240 uefi x64 cd q35               | UEFI of 64 bits, from a CD: the verdict, power off, and the screen shows it
240 uefi x64 stick pc             | UEFI of 64 bits, from a stick: the same
240 uefi ia32 cd q35              | UEFI of 32 bits, from a CD: the same
240 uefi ia32 stick pc            | UEFI of 32 bits, from a stick: the same
240 uefi_by_hand                  | UEFI: a keyboard layout from the menu, and the tour by the USB keyboard
240 uefi_full_hd                  | UEFI with a screen of 1920x1080: the largest font with 80x25, and the serial line's text
240 uefi_blind                    | UEFI without a screen: a line says so, and the lesson runs on the serial line
120 bios_pc cd                    | a BIOS, from a CD: the menu leads to the kernel for PCs, and the USB keyboard works
120 bios_pc stick                 | a BIOS, from a stick: the same
60  screen 0x343 10x18 800x600    | a screen of 800x600: the largest font with 80x25, and the serial line's text
60  screen 0x344 SUN12x22 1024x768 | a screen of 1024x768: the same
60  screen 0x345 TER16x32 1280x1024 | a screen of 1280x1024: the same
60  screen 0x347 10x18 1600x1200 2 | a screen of 1600x1200: the same, with a font enlarged to twice its size
60  small_screen                  | a screen below 80x25: a line says so, and the lesson runs
60  no_screen                     | no screen: a line says so, and the lesson runs
60  unknown_keymap                | an unknown keymap: a line lists those there are, and the lesson runs
120 keymaps                       | each keyboard layout types what its keys have on them
90  keymap_by_menu                | the BIOS menu: a keyboard layout, then an entry
"

KEYS='Enter: go on .*q: leave'
PROMPT='lesson:[^#]*# '
DOWN='\033\[B'

# --- machines ---

# A USB keyboard and no other: MACHINE is one of QEMU's.
usb_keyboard() {
	qemu+=(-machine "$1,i8042=off" -device qemu-xhci -device usb-kbd)
}

# By UEFI: FIRMWARE MEDIUM MACHINE.  The firmware keeps USB's registers below 4 GiB: QEMU before 8.2 cuts off the
# addresses that a kernel with PAE uses above.
by_uefi() {
	local bits=''
	[ "$1" = x64 ] || bits=32
	cp "build/ovmf/OVMF${bits}_VARS_4M.fd" "$scratch/vars"
	qemu=(qemu-system-x86_64 -accel tcg -nic none -display none -no-reboot -m 256
		-drive "if=pflash,unit=0,format=raw,readonly=on,file=build/ovmf/OVMF${bits}_CODE_4M.fd"
		-drive "if=pflash,unit=1,format=raw,file=$scratch/vars"
		-fw_cfg "name=opt/ovmf/X-PciMmio64Mb,string=0"
		-serial stdio -serial "file:$scratch/verdict")
	usb_keyboard "$3"
	case $2 in
	cd) qemu+=(-cdrom "$iso") ;;
	stick) qemu+=(-drive "if=none,id=stick,format=raw,snapshot=on,file=$iso" -device "usb-storage,drive=stick") ;;
	esac
	with_monitor
}

# By the kernel for PCs alone, as a BIOS leaves the machine: ARGUMENTS for the kernel, then for QEMU.
directly_pc() {
	kernel=build/bzImage-pc directly "$@"
	with_monitor
}

# --- what the screen shows ---

# same_as_serial [UNTIL]: the picture shows what a terminal on the serial line shows, in the end or once UNTIL is there.
same_as_serial() {
	local rows
	build/tests/firmware/read_screen "$scratch/picture" >"$scratch/read" || fail "nobody can read the screen"
	cat "$scratch/read"
	rows=$(sed -n '1s/.*x//p' "$scratch/read")
	awk -v rows="$rows" -v until="${1-}" -f tests/firmware/terminal.awk "$scratch/console" >"$scratch/serial"
	# The cursor is no letter, and what is below the last line is empty.
	sed '1d; s/\x7f//; s/ *$//' "$scratch/read" |
		awk '{ rows = rows $0 "\n" } NF { printf "%s", rows; rows = "" }' >"$scratch/screen"
	[ "$(wc -l <"$scratch/screen")" -ge 20 ] || fail "the screen shows less than 20 rows"
	diff "$scratch/serial" "$scratch/screen" || fail "the screen shows something else than the serial line"
}

# has_font NAME: that is the picture's font, by the kernel's name, and how many times it is enlarged.
has_font() {
	[[ $(head -n 1 "$scratch/read") == "$1: "* ]] || fail "the font is not $1"
}

# --- cases ---

# The tour's end stays on the screen of a machine that is off.
uefi() {
	by_uefi "$@"
	play menu press 2 wait 'demo: [^\r\n]*' off picture "$scratch/picture"
	# The firmware writes on both serial ports.
	sed -i 's/.*\x1b\[[0-9;]*[A-Za-z]//' "$scratch/verdict"
	judge "demo: ok"
	same_as_serial
	grep -qx 'demo: ok' "$scratch/screen" || fail "the verdict is not on the screen"
}

# A USB keyboard comes some moments after the kernel: wait for it, at the shell's prompt.
plugged=(send "until grep -q '^H: .*kbd' /proc/bus/input/devices; do sleep 0.1; done; echo plu''gged\\r"
	wait 'plugged' wait "$PROMPT")

# The first key stops the menu's clock.
uefi_by_hand() {
	by_uefi x64 cd q35
	play menu press 5 wait 'Swedish' press 'down down ret' wait 'Keyboard: German' press 3 wait "$PROMPT" "${plugged[@]}" \
		press 'c a t spc shift-7 p r o c shift-7 c m d l i n e ret' wait 'keymap=de' wait "$PROMPT" \
		press 'e x i t ret' wait "$KEYS" picture "$scratch/picture" press 'q z' off
	same_as_serial 'q: leave'
	has_font "TER16x32 times 1"
}

uefi_full_hd() {
	by_uefi x64 cd q35
	qemu+=(-vga none -device "VGA,vgamem_mb=32,edid=on,xres=1920,yres=1080")
	play menu press 1 wait "$KEYS" picture "$scratch/picture" press 'q y' off
	[ "$(sed -n '2{p;q}' "$scratch/picture")" = "1920 1080" ] || fail "the screen is not 1920x1080"
	same_as_serial 'q: leave'
	has_font "10x18 times 2"
}

uefi_blind() {
	by_uefi x64 cd q35
	qemu+=(-vga none)
	play menu send 1 wait 'gave the kernel no screen' wait "$KEYS" send qy off
}

bios_pc() {
	case $1 in
	cd) from_cd 64 ;;
	stick) from_disk ;;
	esac
	usb_keyboard pc
	with_monitor
	play menu press 6 wait 'In QEMU' press 3 wait "$PROMPT" "${plugged[@]}" press 'p o w e r o f f ret' off
}

# MODE of VESA, the FONT for it, its SIZE, and how many times the font is enlarged.
screen() {
	directly_pc "mode=guided vga=$1"
	play wait "$KEYS" picture "$scratch/picture" send qy off
	[ "$(sed -n '2{p;q}' "$scratch/picture")" = "${3/x/ }" ] || fail "the screen is not $3"
	same_as_serial 'q: leave'
	has_font "$2 times ${4-1}"
}

small_screen() {
	directly_pc "mode=guided vga=0x30f"
	play wait 'the screen has 40x25 characters' wait "$KEYS" send qy off
}

no_screen() {
	directly "mode=guided" -vga none
	with_monitor
	play wait 'gave the kernel no screen' wait "$KEYS" send qy off
}

unknown_keymap() {
	directly "mode=guided keymap=xx"
	play wait 'keymap=xx: there is no such keyboard layout; there are us uk de fr es it se\s' wait "$KEYS" send qy end
}

# What is typed with each layout, and by which keys: their names are what a US keyboard has on them, `<' is the one
# beside the left Shift, S- and A- stand for Shift and AltGr.
TYPED='|{[]}\~@^#"yzaq<>'
LAYOUTS=$(cat <<-'END'
	us S-\ S-[ [ ] S-] \ S-` S-2 S-6 S-3 S-' y z a q S-, S-.
	uk S-< S-[ [ ] S-] < S-\ S-' S-6 \ S-2 y z a q S-, S-.
	de A-< A-7 A-8 A-9 A-0 A-- A-] A-q ` \ S-2 z y a q < S-<
	fr A-6 A-4 A-5 A-- A-= A-8 A-2 A-0 A-9 A-3 3 y w q a < S-<
	es A-1 A-' A-[ A-] A-\ A-` A-4 A-2 S-[ spc A-3 S-2 y z a q < S-<
	it S-` A-8 A-[ A-] A-9 ` A-0 A-; S-= A-' S-2 y z a q < S-<
	se A-< A-7 A-8 A-9 A-0 A-- A-] A-2 S-] S-3 S-2 y z a q < S-<
END
)

# The same keys by QEMU's names.
qemu_keys() {
	sed -E 's/(^| )S-/\1shift-/g; s/(^| )A-/\1alt_r-/g
		s/-(-| |$)/-minus\1/g; s/-minus-/-minus/g
		s/=/equal/g; s/\[/bracket_left/g; s/\]/bracket_right/g; s/\\/backslash/g; s/;/semicolon/g
		s/'"'"'/apostrophe/g; s/`/grave_accent/g; s/,/comma/g; s/\./dot/g; s/</less/g' <<<"$1"
}

# `read -r' in the shell takes a line as it is.
keymaps() {
	local name keys steps=()
	while read -r name keys; do
		steps+=(send "tar -xzOf /share/keymaps.tar.gz $name | loadkmap; echo loa''ded; read -r x; echo \"$name<\$x>\"\r" wait 'loaded'
			press "$(qemu_keys "$keys") ret" wait "\n$name<[^\n]*>\r" wait "$PROMPT")
	done <<<"$LAYOUTS"
	[ "$(wc -l <<<"$LAYOUTS")" = "$(grep -c '^[a-z].*|' initramfs/keymaps.list)" ] || fail "not all layouts are tried"
	directly mode=shell
	with_monitor
	play wait "$PROMPT" "${steps[@]}" send 'poweroff\r' off
	while read -r name keys; do
		grep -qxF "$name<$TYPED>" "$scratch/console" ||
			fail "$name types something else: $(grep -a "^$name<" "$scratch/console")"
	done <<<"$LAYOUTS"
}

keymap_by_menu() {
	from_cd 64
	with_monitor
	play menu send 5 wait 'Swedish' send "$DOWN" send "$DOWN" send '\r' wait 'Keyboard: German' send 3 wait "$PROMPT" \
		press 'e c h o spc alt_r-q z y ret' wait '\n@yz\r' wait "$PROMPT" send 'poweroff\r' off
}

before_cases() {
	make_outputs build/ovmf build/tests/firmware/read_screen
}

main "$@"
