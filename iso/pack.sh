#!/bin/bash
# usage: pack.sh ISO MBR EFI FOLDER: FILE... [FOLDER: FILE...]...
#
# Write ISO with the FILEs in their FOLDERs, bootable by isolinux from a CD, and by the code in MBR from a stick.  UEFI
# boots from the file system in EFI, one of the files in there, if it is not empty; on a stick that is a partition, too.
# SOURCE_DATE_EPOCH gives every date and id in it, so that the same files give the same bytes.
set -euo pipefail
export LC_ALL=C TZ=UTC

iso=$1
mbr=$2
efi=()
[ -z "$3" ] || efi=(-eltorito-alt-boot -e "$3" -no-emul-boot -isohybrid-gpt-basdat)
shift 3

tree=$iso.tree
trap 'rm -rf "$tree" "$iso.tmp"' EXIT
rm -rf "$tree" "$iso.tmp"
for argument; do
	case $argument in
	*:) folder=${argument%:} && mkdir -p "$tree/$folder" ;;
	*) cp "$argument" "$tree/$folder/" ;;
	esac
done
# isolinux patches its own copy of the loader; nothing else may depend on who builds, or when.
find "$tree" -type d -exec chmod 755 {} + -o -exec chmod 644 {} +
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

date=$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)
xorriso -as mkisofs -o "$iso.tmp" \
	-V CLONE_WITH_PIDS -r -J --sort-weight 1 /boot \
	--modification-date="$date" --set_all_file_dates "$date" \
	-c isolinux/boot.cat -b isolinux/isolinux.bin -no-emul-boot -boot-load-size 4 -boot-info-table \
	-isohybrid-mbr "$mbr" -partition_offset 16 -no-pad "${efi[@]}" \
	"$tree"
mv "$iso.tmp" "$iso"
