#!/bin/bash
# usage: mutant.sh SOURCE OBJECTS [MUTATION]
#
# Make build/mutations/KERNEL/arch/x86/boot/bzImage, where KERNEL is the last part of OBJECTS: the kernel that was
# built there from SOURCE, with one wrong change, tests/mutations/MUTATION.mutation, or with none.
#
# All share one tree, which shares the files of SOURCE; what is changed is replaced and not rewritten.  Each folder of
# objects begins as a copy of OBJECTS with the name of the tree exchanged, so that a mutation costs one file and the
# link.
set -euo pipefail
export LC_ALL=C

here=${0%/*}
folder=build/mutations
tree=$folder/linux
source=$1
built=$2
mutation=${3-}
objects=$folder/${built##*/}

die() {
	echo "mutant: $*" >&2
	exit 1
}

prepare_tree() {
	if ! cmp -s "$source/.series/tarball" "$tree/.series/tarball"; then
		rm -rf "$folder"
		mkdir -p "$folder"
		cp -al "$source" "$tree.tmp"
		rm -rf "$tree.tmp/.series"
		cp -a "$source/.series" "$tree.tmp"
		mv "$tree.tmp" "$tree"
	fi
}

# What the tree's file is to be, in $folder/wanted: the source's, or changed by the mutation.
want() {
	cp "$source/$1" "$folder/wanted"
	if [ "$1" = "$changed" ]; then
		awk -f "$here/apply.awk" "$here/$mutation.mutation" "$source/$1" >"$folder/wanted" || exit 1
		! cmp -s "$folder/wanted" "$source/$1" || die "$mutation changes nothing in $1"
	fi
}

# A file is replaced only if its content changes, and is newer then than what was built from the one before.
change_tree() {
	local file changed=
	if [ -n "$mutation" ]; then
		changed=$(sed -n 's/^file: //p' "$here/$mutation.mutation")
		grep -qxF "$changed" "$source/.series/touched" ||
			die "$mutation: the series does not touch its file, '$changed'"
	fi
	while read -r file; do
		if [ ! -e "$source/$file" ]; then
			rm -f "$tree/$file"
			continue
		fi
		want "$file"
		if ! cmp -s "$folder/wanted" "$tree/$file"; then
			mkdir -p "$(dirname "$tree/$file")"
			cp --remove-destination "$folder/wanted" "$tree/$file"
		fi
	done < <(sort -u "$source/.series/touched" "$tree/.series/touched")
	rm -f "$folder/wanted"
	cp --remove-destination "$source/.series/touched" "$tree/.series/touched"
}

# The name of the tree stands in the objects' commands and dependencies, where make compares it.
copy_objects() {
	local from
	if cmp -s "$built/.config" "$objects/.config"; then
		return
	fi
	from=$(readlink "$built/source")
	rm -rf "$objects" "$objects.tmp"
	cp -a "$built" "$objects.tmp"
	ln -sfn "$PWD/$tree" "$objects.tmp/source"
	grep -rlIF --include='*.cmd' --include='*.d' --include='*.s' --include=Makefile "$from/" "$objects.tmp" |
		xargs -r sed -i "s,$from/,$PWD/$tree/,g"
	mv "$objects.tmp" "$objects"
}

prepare_tree
change_tree
copy_objects
"${MAKE:-make}" -C "$tree" O="$(realpath "$objects")" bzImage
