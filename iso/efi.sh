#!/bin/bash
# usage: efi.sh FOLDER DEBS
#
# Make FOLDER with GRUB for UEFI of 64 and of 32 bits: efi.img, a FAT file system with what the firmware starts, and
# PLATFORM/*.mod, the rest, which that reads from the medium.  It finds the medium by its name (grub.start).  Only what
# the firmware starts cannot be compressed.
#
# GRUB is that of Debian's packages for i386, kept in DEBS: amd64 has the same, arm64 has none.  SOURCE_DATE_EPOCH gives
# every date, so that the same packages give the same bytes.
set -euo pipefail
export LC_ALL=C TZ=UTC
here=$(dirname "$(realpath "$0")")

folder=$1
debs=$2
# What it takes to read a module: ISO 9660, on a CD or below the partition table of a stick, and gzip.
core=(search_label iso9660 part_msdos gzio)

new=$folder.tmp
trap 'rm -rf "$new"' EXIT
rm -rf "$new"
mkdir -p "$new/EFI/BOOT"
"$here/../initramfs/fetch-i386.sh" "$new/debian" "$debs" grub-efi-amd64-bin grub-efi-ia32-bin

# Print the MODULEs and all that they need, by GRUB's own list.
with_needs() {
	awk -v wanted="${*:2}" '
		{ sub(/:/, ""); for (i = 2; i <= NF; i++) needs[$1] = needs[$1] " " $i }
		END {
			n = split(wanted, queue, " ")
			for (i = 1; i <= n; i++) {
				if (queue[i] in seen) continue
				seen[queue[i]]
				print queue[i]
				m = split(needs[queue[i]], more, " ")
				for (j = 1; j <= m; j++) queue[++n] = more[j]
			}
		}' "$1/moddep.lst"
}

# grub PLATFORM NAME: the name is what firmware looks for.
grub() {
	local from=$new/debian/usr/lib/grub/$1 modules module
	grub-mkimage -d "$from" -O "$1" -o "$new/EFI/BOOT/$2" -c "$here/grub.start" -p /boot/grub "${core[@]}"
	mkdir "$new/$1"
	mapfile -t modules < <(sed -n 's/^insmod //p' "$here/grub.start")
	for module in $(with_needs "$from" "${modules[@]}"); do
		gzip -9n <"$from/$module.mod" >"$new/$1/$module.mod"
	done
}

grub x86_64-efi BOOTX64.EFI
grub i386-efi BOOTIA32.EFI
find "$new/EFI" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +

# The tables of FAT take less than 40 KiB; a sector has 512 bytes.
kib=$(($(du -sk --apparent-size "$new/EFI" | cut -f 1) + 40))
truncate -s "${kib}K" "$new/efi.img"
mformat -i "$new/efi.img" -T $((kib * 2)) -N "$(printf %08x "$SOURCE_DATE_EPOCH")" ::
mcopy -i "$new/efi.img" -s -m "$new/EFI" ::
rm -rf "$new/EFI" "$new/debian" "$folder"
mv "$new" "$folder"
