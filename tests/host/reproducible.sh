#!/bin/bash
# A second build, from a clean copy of the checkout in another folder, gives the same bytes.  reproducible-short.sh is this
# file with short=1: the kernel, which is most of the work, is copied.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/copy.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
if [ -n "${short-}" ]; then
	CASES="300 second_build | the programs, the archive and the ISO built a second time, in another folder, are the same bytes"
else
	CASES="1800 second_build | a second build, in another folder, gives the same three files"
fi

# The same inputs: the sources, and the packages that were downloaded once.
second_build() {
	local file
	if [ -n "${short-}" ]; then
		copy_checkout
		rm -r build/{initramfs.cpio,tests.cpio.gz,initramfs.cpio.gz,clone_with_pids.iso,cr,demo,initramfs,iso,lib,sysroot,tests,tools}
	else
		KERNEL_TARBALL=$(tarball_built)
		export KERNEL_TARBALL
		copy_sources
		cp -r "$root/build/debs" build
	fi
	./build.sh build --no-install
	for file in bzImage bzImage-pc initramfs.cpio tests.cpio.gz initramfs.cpio.gz clone_with_pids.iso; do
		cmp "$root/build/$file" "build/$file" || fail "$file differs"
	done
}

main "$@"
