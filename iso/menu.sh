#!/bin/bash
# usage: menu.sh                   print the first page of isolinux's menu
#        menu.sh --pages FOLDER    write all of its pages there
#        menu.sh --grub            print GRUB's menu
#
# Both show the entries of iso/entries.list and the keyboards of initramfs/keymaps.list.  isolinux has no variables:
# with another kernel or keyboard it is another page.  GRUB starts where there is no BIOS, and takes the kernel for PCs.
set -euo pipefail
[ "${1-}" != --pages ] || set -- --pages "$(realpath "$2")"
cd "${0%/*}"

keymaps=../initramfs/keymaps.list
archive=/boot/initramfs.cpio

# each LIST DO ARGUMENT...: call DO ARGUMENT... with the columns of each line, without the blanks around them.
each() {
	local list=$1 line columns
	shift
	while read -r line; do
		case $line in '' | '#'*) continue ;; esac
		mapfile -t columns < <(tr '|' '\n' <<<"$line" | sed 's/^ *//; s/ *$//')
		"$@" "${columns[@]}"
	done <"$list"
}

image_of() {
	case $1 in
	lesson) echo /boot/bzImage ;;
	pc) echo /boot/bzImage-pc ;;
	esac
}

# The text of keymap $1, in a line of keymaps.list.
keyboard_of() {
	[ "$1" != "$2" ] || echo "$4"
}

# The kernel's own keymap needs no argument.
argument_of() {
	[ "$1" = us ] || echo " keymap=$1"
}

# --- isolinux ---

# page_name KERNEL KEYMAP
page_name() {
	case $* in
	"lesson us") echo isolinux.cfg ;;
	*" us") echo "$1.cfg" ;;
	*) echo "$1-$2.cfg" ;;
	esac
}

# What the page is about stands before the columns of a line.
isolinux_entry() {
	cat <<-END

		LABEL $3
		  MENU LABEL $4
		  KERNEL $(image_of "$1")
		  INITRD $archive${6:+,/boot/$6}
		  APPEND $(<arguments)$(argument_of "$2") $5
	END
}

# The menu of keyboards waits for ever.
keyboards_page() {
	sed '/^TIMEOUT/d; /^MENU AUTOBOOT/d; s/^MENU TITLE .*/MENU TITLE The layout of the keyboard/' menu.head
	each "$keymaps" isolinux_keyboard "$1"
}

isolinux_keyboard() {
	cat <<-END

		LABEL $2
		  MENU LABEL $4 ($2)
		  CONFIG /isolinux/$(page_name "$1" "$2")
	END
}

isolinux_page() {
	local kernel=$1 keymap=$2 other=pc text='On a PC: USB keyboard, power-off by ACPI'
	if [ "$kernel" = pc ]; then
		other=lesson text='In QEMU: the smaller kernel'
	fi
	cat menu.head
	each entries.list isolinux_entry "$kernel" "$keymap"
	cat <<-END

		LABEL keyboard
		  MENU LABEL ^5  Keyboard: $(each "$keymaps" keyboard_of "$keymap")
		  CONFIG /isolinux/keyboards-$kernel.cfg

		LABEL $other
		  MENU LABEL ^6  $text
		  CONFIG /isolinux/$(page_name "$other" "$keymap")
	END
}

# write_pages FOLDER KERNEL; for each keyboard, write_page FOLDER KERNEL KEYMAP...
write_pages() {
	keyboards_page "$2" >"$1/keyboards-$2.cfg"
	each "$keymaps" write_page "$@"
}

write_page() {
	isolinux_page "$2" "$3" >"$1/$(page_name "$2" "$3")"
}

# --- GRUB ---

# The key of an entry is the letter after ^.
grub_entry() {
	local text=${2/^/} key=${2#*^}
	cat <<-END
		menuentry "$text" --hotkey=${key:0:1} {
			linux $(image_of pc) $(<arguments) \$keymap $3
			initrd $archive ${4:+/boot/$4}
		}
	END
}

grub_keyboard() {
	cat <<-END
		menuentry "$3 ($1)" {
			set keymap="$(argument_of "$1")"
			set keyboard="$3"
			export keymap keyboard
			configfile \$prefix/grub.cfg
		}
	END
}

grub_menu() {
	cat <<-END
		set timeout=$(sed -n 's/^TIMEOUT \([0-9]*\)0$/\1/p' menu.head)
		set gfxpayload=auto
		if [ -z "\$keyboard" ]; then set keyboard="$(each "$keymaps" keyboard_of us)"; fi
	END
	each entries.list grub_entry
	echo "submenu \"5  Keyboard: \$keyboard\" --hotkey=5 {"
	each "$keymaps" grub_keyboard
	echo "}"
}

case ${1-} in
'') isolinux_page lesson us ;;
--pages)
	write_pages "$2" lesson
	write_pages "$2" pc
	;;
--grub) grub_menu ;;
esac
