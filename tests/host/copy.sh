# shellcheck shell=bash
# For the files of tests that let a step of the build fail, in a copy of the checkout or with other programs.  Sourced after lib.sh.
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

# The checkout as an archive.  Not as `.', which changes while others configure a kernel: kconfig has a file there that
# comes and goes.  A student's labs stay behind: they are large, and not the checkout's.
checkout_archive() {
	find . -mindepth 1 -maxdepth 1 ! -name build ! -name .git ! -name '.tmp.config*' -print0 |
		tar --null --exclude=./labs/restart --exclude=./labs/kernel -T - -cf -
}

copy_sources() {
	local copy=$scratch/copy
	mkdir -p "$copy/build/log"
	checkout_archive | tar -xf - -C "$copy"
	cd "$copy" || fail "there is no copy"
}

# The checkout, with copies of what is built.  Of the kernel's folders there is only what make looks at, so that a
# step which goes there without need fails.  The logs stay behind: others may be writing to theirs.  A source that was fetched stays where it is.
copy_checkout() {
	KERNEL_TARBALL=$(tarball_built)
	export KERNEL_TARBALL
	copy_sources
	tar -C "$root" -cf - build/{bzImage,bzImage-pc,initramfs.cpio,tests.cpio.gz,initramfs.cpio.gz,clone_with_pids.iso} \
		build/{cr,debs,demo,initramfs,iso,lib,sysroot,tests,tools} \
		build/linux/{.series,usr/gen_init_cpio.c} \
		build/{kernel,pc}/{.config,arch/x86/boot/bzImage,usr/include} | tar -xf -
}

# A PATH with every program of the host but these.
path_without() {
	local program
	mkdir "$scratch/bin"
	ln -s /usr/local/bin/* /usr/bin/* /usr/sbin/* /bin/* /sbin/* "$scratch/bin" 2>/dev/null || true
	for program; do
		rm -f "$scratch/bin/$program"
	done
}

# An apt-get that only writes down what it was asked for.
recording_apt() {
	rm -f "$scratch/bin/apt-get" "$scratch/bin/sudo"
	cat >"$scratch/bin/apt-get" <<-END
		#!/bin/sh
		echo "\$*" >>$scratch/apt
		exit 1
	END
	printf '#!/bin/sh\nexec "$@"\n' >"$scratch/bin/sudo"
	chmod +x "$scratch/bin/apt-get" "$scratch/bin/sudo"
	: >"$scratch/apt"
}
