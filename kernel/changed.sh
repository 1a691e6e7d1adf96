#!/bin/bash
# usage: changed.sh SOURCE OBJECTS FOLDER CHANGES
#
# Make FOLDER/KERNEL/arch/x86/boot/bzImage, where KERNEL is the last part of OBJECTS: the kernel that was built there
# from SOURCE, with the files below CHANGES in place of SOURCE's.
#
# All kernels of a FOLDER share one tree, FOLDER/linux, which shares the files of SOURCE; what changes is replaced and
# not rewritten.  Each folder of objects begins as a copy of OBJECTS with the name of the tree exchanged, so that a
# kernel costs what the changes make necessary, and the link.
set -euo pipefail
export LC_ALL=C

source=$1
built=$2
folder=$3
changes=$4
tree=$folder/linux
objects=$folder/${built##*/}

prepare_tree() {
	if ! cmp -s "$source/.series/tarball" "$tree/.series/tarball"; then
		rm -rf "$tree" "$objects" "$tree.tmp"
		mkdir -p "$folder"
		cp -al "$source" "$tree.tmp"
		rm -rf "$tree.tmp/.series"
		cp -a "$source/.series" "$tree.tmp"
		mv "$tree.tmp" "$tree"
	fi
}

# The files that may differ from SOURCE's: those of the series and the changes, of now and of the last time.
may_differ() {
	find "$changes" -type f -printf '%P\n' >"$folder/changed"
	touch "$tree/.series/changed"
	sort -u "$source/.series/touched" "$tree/.series/"{touched,changed} "$folder/changed"
}

# A file is replaced only if its content changes, and is newer then than what was built from the one before.  An
# interruption leaves the old list of changes, with the new one: no file is forgotten.
change_tree() {
	local file wanted
	may_differ >"$folder/differ"
	cp "$folder/differ" "$tree/.series/changed"
	while read -r file; do
		wanted=$source/$file
		[ ! -f "$changes/$file" ] || wanted=$changes/$file
		if [ ! -e "$wanted" ]; then
			rm -f "$tree/$file"
		elif ! cmp -s "$wanted" "$tree/$file"; then
			mkdir -p "$(dirname "$tree/$file")"
			cp --remove-destination "$wanted" "$tree/$file"
		fi
	done <"$folder/differ"
	mv "$folder/changed" "$tree/.series/changed"
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
# JAILED_MAKE, if it is set, runs make on a source that is not trusted: it may write the objects alone.  A compiler
# for Rust that it does not see there must not make it configure and compile everything anew: it gets what is recorded.
if [ -n "${JAILED_MAKE-}" ]; then
	# shellcheck disable=SC2016 # make's
	rust=$(sed -n 's/^ifneq "$(RUSTC_VERSION_TEXT)" "\(.*\)"$/\1/p' "$objects/include/config/auto.conf.cmd")
	# The steps of make keep no foreign variables: the bounds for a whole kernel are set here.
	export JAIL_SECONDS=1800 JAIL_KB=400000
	exec "$JAILED_MAKE" "$(realpath "$objects")" make -j"$(nproc)" -C "$PWD/$tree" O="$(realpath "$objects")" \
		RUSTC_VERSION_TEXT="$rust" bzImage
fi
exec "${MAKE:-make}" -C "$tree" O="$(realpath "$objects")" bzImage
