#!/bin/bash
# A second build, from a clean copy of the checkout in another folder, gives the same bytes.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
1800 second_build | a second build, in another folder, gives the same three files
"

# The same inputs: the sources, and the packages that were downloaded once.
second_build() {
	local copy=$scratch/another/folder/of/another/length file
	mkdir -p "$copy/build"
	tar --exclude=./build --exclude=./.git -cf - . | tar -xf - -C "$copy"
	cp -r build/debs "$copy/build"
	KERNEL_TARBALL=$(tarball_built) "$copy/build.sh" build --no-install
	for file in bzImage initramfs.cpio.gz clone_with_pids.iso; do
		cmp "build/$file" "$copy/build/$file" || fail "$file differs"
	done
}

main "$@"
