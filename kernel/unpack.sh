#!/bin/bash
# usage: unpack.sh TARBALL TREE [N]
#
# Make TREE the source in TARBALL (of the Linux release in kernel/release) with the series in kernel/patches/ applied, or the first N patches
# of it.
#
# A file of the tree is rewritten only if its content changes, so that after an edited patch the kernel's make
# rebuilds what depends on that edit and nothing else.  What the tree was made of is kept inside it:
#   .series/tarball   which tarball, by name, size and date
#   .series/touched   every file that a patch touches or has touched
#   .series/orig/     those files as the tarball has them
#   .series/applied   written last: the tree is the tarball plus this series
# Whatever moment an interruption picks, the next run finds enough to go on from, or unpacks anew.
set -euo pipefail
export LC_ALL=C

tarball=$1
tree=$2
here=$(cd "${0%/*}" && pwd)
series=$tree/.series

die() {
	echo "kernel: $*" >&2
	exit 1
}

identity() {
	stat -L -c '%n %s %.Y' "$(realpath "$tarball")"
}

# Dates are today's and not the tarball's: after an update of the package, a file that changed must be newer
# than the objects built from the one before.
unpack() {
	echo "kernel: unpacking ${tarball##*/}"
	rm -rf "$tree.tmp"
	mkdir -p "$tree.tmp"
	tar -xf "$tarball" -C "$tree.tmp" --strip-components=1 -m --no-same-owner ||
		die "unpack $tarball: tar failed; the file is damaged or not a source tarball"
	check_version "$tree.tmp"
	mkdir -p "$tree.tmp/.series/orig"
	identity >"$tree.tmp/.series/tarball"
	rm -rf "$tree"
	mv "$tree.tmp" "$tree"
}

check_version() {
	local version release
	release=$(<"$here/release")
	[ -f "$1/Makefile" ] || die "unpack $tarball: no Makefile in it; not a kernel source"
	version=$(sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) = //p' "$1/Makefile" | paste -sd.)
	case $version in
	"$release".*) ;;
	*) die "unpack $tarball: this is Linux ${version:-without a version}; the patches are for $release.y" ;;
	esac
}

# The files that a series touches.
touched() {
	cat -- "$@" | sed -n 's,^\(---\|+++\) [ab]/\([^[:blank:]]*\).*,\2,p' | sort -u
}

# Keep the tarball's version of each file before the first patch touches it.  The list is written only when they
# all lie there, and nothing is patched before that.
save_originals() {
	local file
	touch "$series/touched"
	touched "$@" | comm -23 - "$series/touched" | while read -r file; do
		if [ -e "$tree/$file" ]; then
			mkdir -p "$series/orig/$(dirname "$file")"
			cp -p "$tree/$file" "$series/orig/$file"
		fi
	done
	touched "$@" | sort -u - "$series/touched" >"$series/touched.tmp"
	mv "$series/touched.tmp" "$series/touched"
}

# Apply the series to a copy of the files it touches.  A hunk may be found some lines away, but every line of
# its context must be there (-F0).
apply() {
	local patch
	for patch in "$@"; do
		patch -d "$scratch" -p1 -F0 -f --no-backup-if-mismatch -r - <"$patch" >"$scratch.out" 2>&1 || {
			grep -v '^patching file.*[^:]$' "$scratch.out" | sed 's/^/    /' >&2 || true
			grep -B1 -m1 'FAILED' "$scratch.out" | sed -n 's/^patching file/    in file/p' >&2 || true
			die "patch ${patch##*/} does not apply to ${tarball##*/}"
		}
	done
}

# Bring one file of the tree to its new content, if that differs.
settle() {
	local file=$1 new=$scratch/$1
	if [ ! -e "$new" ]; then
		rm -f "$tree/$file"
	elif ! cmp -s "$new" "$tree/$file"; then
		mkdir -p "$tree/$(dirname "$file")"
		cp "$new" "$tree/$file.tmp"
		mv "$tree/$file.tmp" "$tree/$file"
	fi
}

shopt -s extglob
patches=("$here"/patches/!(0000-*).patch)
[ -f "${patches[0]}" ] || die "no patches in $here/patches"
[ -f "$tarball" ] || die "no source tarball $tarball"
applied=("${patches[@]:0:${3-${#patches[@]}}}")

if [ ! -f "$series/tarball" ] || [ "$(identity)" != "$(cat "$series/tarball")" ]; then
	unpack
fi

echo "kernel: applying ${#applied[@]} of ${#patches[@]} patches"
scratch=$tree.patching
trap 'rm -rf "$scratch" "$scratch.out"' EXIT
rm -rf "$scratch"
save_originals "${patches[@]}"
cp -a "$series/orig" "$scratch"
apply "${applied[@]}"
while read -r file; do
	settle "$file"
done <"$series/touched"

printf '%s\n' "${applied[@]##*/}" >"$series/applied.tmp"
mv "$series/applied.tmp" "$series/applied"
