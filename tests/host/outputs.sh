#!/bin/bash
# What the three outputs are made of, without running them.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"

MiB=$((1024 * 1024))

CASES="
10 bzimage                       | bzImage has the boot protocol's magic number and says its release
10 at_most build/bzImage 2       | bzImage is at most 2 MiB
10 sizes_below_bars              | the kernel, our programs and the ISO are as small as they were
10 bar_shows                     | what is 4% larger than it was is a failure
10 ours_small                    | our kernel and programs are at most 3 MiB
10 iso_small                     | the ISO is at most 7 MiB, and at most what it holds and 1.25 MiB
10 archives_are_listed           | the archives hold what their lists say, and nothing else
10 archives_of_root              | everything in the archives belongs to root, with the list's one date
20 programs_static               | each program in the archives is a static i386 executable
60 programs_old_cpu              | no program of ours uses SSE or anything later
10 iso_boot_record               | the ISO boots by El Torito: isolinux from a BIOS, and by UEFI
10 iso_uefi                      | what UEFI boots, of 64 and of 32 bits, is in a partition of its own
10 iso_hybrid                    | the ISO has a master boot record with an active partition
10 iso_content                   | the ISO's kernels and archives are the outputs
"

bytes_at() {
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

bzimage() {
	local version offset
	[ "$(bytes_at build/bzImage 510 2)" = 55aa ] || fail "no boot sector magic"
	[ "$(bytes_at build/bzImage 514 4)" = 48647253 ] || fail "no HdrS at 514"
	offset=$((0x$(bytes_at build/bzImage 527 1)$(bytes_at build/bzImage 526 1) + 512))
	version=$(dd if=build/bzImage bs=1 skip=$offset count=100 status=none | tr '\0' '\n' | sed -n 1p)
	[[ $version == "$(<kernel/release)".* ]] || fail "the version is '$version'"
}

at_most() {
	[ "$(stat -c %s "$1")" -le $(($2 * MiB)) ] || fail "$1 has $(stat -c %s "$1") bytes"
}

# The bytes of all these files.
size_of() {
	stat -c %s "$@" | awk '{ sum += $1 } END { print sum }'
}

sizes_below_bars() {
	below_bar bzImage "$(size_of build/bzImage)"
	below_bar iso "$(size_of "$iso")"
}

bar_shows() {
	local was
	was=$(awk '$1 == "bzImage" { print $2 }' tests/host/bars.list)
	(below_bar bzImage $((was * 102 / 100)))
	if (below_bar bzImage $((was * 104 / 100))); then fail "4% more pass"; fi
	if (below_bar nothing 1); then fail "what has no bar passes"; fi
}

# Without busybox: that is Debian's, and larger in each of its releases.
ours_small() {
	local ours=$(($(size_of build/bzImage build/initramfs.cpio) - $(size_of build/sysroot/usr/bin/busybox)))
	[ $ours -le $((3 * MiB)) ] || fail "they have $ours bytes"
}

# A hybrid ISO ends at a whole MiB.
iso_small() {
	local files
	at_most "$iso" 7
	xorriso -osirrox on -indev "$iso" -extract / "$scratch/iso" 2>/dev/null
	mapfile -t files < <(find "$scratch/iso" -type f)
	[ "${#files[@]}" -ge 6 ] || fail "it holds only ${#files[@]} files"
	[ "$(size_of "$iso")" -le $(($(size_of "${files[@]}") + MiB + MiB / 4)) ] ||
		fail "it has $(size_of "$iso") bytes, and its files have $(size_of "${files[@]}")"
}

# The lesson's archive, or that of the tests, plain.
archive_of() {
	case $1 in
	initramfs) cat build/initramfs.cpio ;;
	tests) gzip -dc build/tests.cpio.gz ;;
	esac
}

archives_are_listed() {
	local one
	for one in initramfs tests; do
		awk '$1 ~ /^(file|dir|slink|nod)$/ { print substr($2, 2) }' $one/archive.list | sort >"$scratch/asked"
		archive_of $one | cpio -it --quiet | sed 's,^/,,' | sort >"$scratch/there"
		diff "$scratch/asked" "$scratch/there" || fail "the archive and the list of $one differ"
	done
	if archive_of initramfs | cpio -it --quiet | grep '^tests'; then fail "the lesson's archive has tests in it"; fi
}

# A newc header: magic, then fields of 8 hexadecimal digits: inode, mode, uid, gid, links, mtime, ...
archives_of_root() {
	local headers
	headers=$({ archive_of initramfs && archive_of tests; } | tr -d '\0' | grep -ao '070701[0-9A-F]\{104\}')
	[ "$(wc -l <<<"$headers")" -gt 40 ] || fail "fewer than 40 entries"
	awk -v date="$(printf %08X "$(sed -n 's/^export SOURCE_DATE_EPOCH := //p' Makefile)")" '
		substr($0, 23, 16) != "0000000000000000" { print "owner " substr($0, 23, 16) ": " $0; exit 1 }
		substr($0, 47, 8) != date && substr($0, 15, 8) != "00000000" {
			print "date " substr($0, 47, 8) ", not " date; exit 1
		}' <<<"$headers"
}

unpack() {
	local one
	for one in initramfs tests; do
		archive_of $one | (cd "$scratch" && cpio -id --quiet --no-absolute-filenames -f '*dev/console')
	done
	find "$scratch" -type f -exec sh -c 'head -c 4 "$1" | grep -q ELF' - {} \; -print
}

programs_static() {
	local program n=0
	while read -r program; do
		n=$((n + 1))
		i686-linux-gnu-readelf -h "$program" | grep -q 'Machine: *Intel 80386' || fail "$program: not for i386"
		i686-linux-gnu-readelf -h "$program" | grep -q 'Type: *EXEC' || fail "$program: not a plain executable"
		if i686-linux-gnu-readelf -l "$program" | grep -q INTERP; then fail "$program: not static"; fi
	done < <(unpack)
	[ "$n" -ge 9 ] || fail "only $n programs"
}

# They are compiled for an i686 that has none of the vector registers; the boots on an old processor try the rest.
programs_old_cpu() {
	local program n=0
	while read -r program; do
		n=$((n + 1))
		if i686-linux-gnu-objdump -d --no-show-raw-insn "$program" | grep -m 1 '%[xyz]mm'; then
			fail "${program#"$scratch"} uses the registers of SSE or later"
		fi
	done < <(unpack | grep -v 'bin/busybox$')
	[ "$n" -ge 8 ] || fail "only $n programs"
}

iso_boot_record() {
	[ "$(bytes_at "$iso" $((16 * 2048 + 1)) 5)" = "$(printf CD001 | od -An -tx1 | tr -d ' \n')" ] || fail "no ISO 9660"
	xorriso -indev "$iso" -report_el_torito plain 2>/dev/null >"$scratch/report"
	grep -q 'boot img.*BIOS.*y.*none' "$scratch/report" || fail "no bootable BIOS image without emulation"
	grep -q 'boot img.*UEFI.*y.*none' "$scratch/report" || fail "no bootable UEFI image"
	grep -q 'img path.*/isolinux/isolinux.bin' "$scratch/report" || fail "the boot image is not isolinux"
}

# The second partition's type, first sector and sectors are in the table of sector 0.
iso_uefi() {
	local first sectors
	[ "$(bytes_at "$iso" $((446 + 16 + 4)) 1)" = ef ] || fail "the second partition is no EFI system partition"
	first=$(od -An -tu4 -j $((446 + 16 + 8)) -N 4 "$iso")
	sectors=$(od -An -tu4 -j $((446 + 16 + 12)) -N 4 "$iso")
	dd if="$iso" of="$scratch/efi" bs=512 skip="$first" count="$sectors" status=none
	mcopy -i "$scratch/efi" ::EFI/BOOT/BOOTX64.EFI ::EFI/BOOT/BOOTIA32.EFI "$scratch"
	# Where the PE header is, and in it the machine: amd64 and i386.
	is_for "$scratch/BOOTX64.EFI" 6486
	is_for "$scratch/BOOTIA32.EFI" 4c01
}

is_for() {
	local header
	header=$(od -An -tu4 -j 60 -N 4 "$1")
	[ "$(bytes_at "$1" $((header + 4)) 2)" = "$2" ] || fail "$(basename "$1") is for another machine"
}

iso_hybrid() {
	[ "$(bytes_at "$iso" 510 2)" = 55aa ] || fail "no magic number at the end of sector 0"
	[ "$(bytes_at "$iso" 446 1)" = 80 ] || fail "the first partition is not active"
	[ "$(bytes_at "$iso" 0 4)" != 00000000 ] || fail "no code in sector 0"
}

iso_content() {
	local file
	xorriso -osirrox on -indev "$iso" -extract /boot "$scratch/boot" 2>/dev/null
	cmp "$scratch/boot/bzImage" build/bzImage || fail "another kernel"
	for file in bzImage-pc initramfs.cpio tests.cpio.gz; do
		cmp "$scratch/boot/$file" "build/$file" || fail "another $file"
	done
}

main "$@"
