# shellcheck shell=bash
# For the files of tests that let a step of the build fail, in a copy of the checkout.  Sourced after lib.sh.
# shellcheck disable=SC2154 # scratch is lib.sh's

expect_failure() {
	local status=0
	"$@" >"$scratch/said" 2>&1 </dev/null || status=$?
	cat "$scratch/said"
	[ "$status" != 0 ] || fail "$1 did not fail"
	[ "$status" -lt 128 ] || fail "$1 died with status $status"
}

must_say() {
	grep -Eq -- "$1" "$scratch/said" || fail "it does not say '$1'"
}

# The checkout, with copies of what is built.  Of the kernel's folders there is only what make looks at, so that a
# step which goes there without need fails.
copy_checkout() {
	local copy=$scratch/copy
	mkdir -p "$copy/build"
	tar --exclude=./build --exclude=./.git -cf - . | tar -xf - -C "$copy"
	tar -cf - build/{bzImage,initramfs.cpio.gz,clone_with_pids.iso,debs,demo,initramfs,iso,log,sysroot,tests} \
		build/linux/{.series,usr/gen_init_cpio.c} \
		build/kernel/{.config,arch/x86/boot/bzImage,usr/include} | tar -xf - -C "$copy"
	cd "$copy" || fail "there is no copy"
}
