#!/bin/bash
# build.sh and the steps under it, when something goes wrong or is interrupted.
#
# The steps are tried on a source tree of a few lines and on copies of the checkout; its own build/ is only read.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
20 missing_named              | a missing program: its package is named, nothing is installed with --no-install
20 missing_installed          | a missing program: apt-get installs it when nobody is at the terminal
20 missing_refused            | a missing program: a person at the terminal is asked, and n installs nothing
20 missing_without_apt        | a missing program without apt: what is needed is named
20 arguments_checked          | an unknown command or option is refused, and help lists the known ones
20 locked                     | a second build at the same time is refused

20 patched                    | the series is applied, in order, without the cover letter
20 offset                     | a patch whose place has moved is applied
20 hunk_fails                 | a patch that does not apply stops the build: patch, file and hunk are named
20 no_fuzz                    | a patch whose context is not there line by line does not apply
20 hunk_fails_later           | the tree stays as it was when a changed patch does not apply, and recovers
20 edited_patch               | an edited patch rewrites the files that change, and no other
20 removed_patch              | a removed patch is taken back, with the files that it made
90 killed_anywhere            | unpacking and patching, killed at each of its steps, gives the same tree in the end

20 tarball_missing            | KERNEL_TARBALL that is not there
20 tarball_truncated          | KERNEL_TARBALL that is cut off
20 tarball_of_another_version | KERNEL_TARBALL of Linux 6.13
20 tarball_of_something_else  | KERNEL_TARBALL without a kernel
20 tarball_changed            | another KERNEL_TARBALL is unpacked anew, and every file of it is new

60 option_vanishes            | an option that vanishes stops the build: option and fragment are named
60 nothing_to_do              | nothing changed: nothing is built again
60 program_changed            | a changed program is in a new ISO within 10 seconds, and the kernel is not touched
60 packing_killed             | an archive and an ISO that were interrupted are not taken for finished
60 compiler_error             | an error in a C file stops the build and names the file
"

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

# --- build.sh ---

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

missing_named() {
	path_without xorriso qemu-system-i386
	recording_apt
	PATH=$scratch/bin expect_failure ./build.sh build --no-install
	must_say 'xorriso'
	[ "$(grep -c qemu "$scratch/said")" = 0 ] || fail "build does not need QEMU"
	PATH=$scratch/bin expect_failure ./build.sh run --no-install
	must_say 'qemu-system-x86.* xorriso|xorriso.* qemu-system-x86'
	[ ! -s "$scratch/apt" ] || fail "apt-get was called: $(cat "$scratch/apt")"
}

missing_installed() {
	path_without xorriso
	recording_apt
	PATH=$scratch/bin expect_failure ./build.sh build
	must_say 'apt-get install xorriso: failed'
	grep -q '^install -y --no-install-recommends xorriso$' "$scratch/apt" || fail "apt-get was not asked for xorriso"
	[ "$(sed -n 2p "$scratch/apt")" = update ] || fail "the lists were not updated when that failed"
}

missing_refused() {
	path_without xorriso
	recording_apt
	cat >"$scratch/person" <<-'END'
		set timeout 10
		spawn ./build.sh build
		expect "xorriso" {} timeout { exit 2 }
		expect -re {\[Y/n\]} {} timeout { exit 3 }
		send "n\r"
		expect "nothing installed" {} timeout { exit 4 }
		expect eof
		exit [lindex [wait] 3]
	END
	PATH=$scratch/bin expect_failure expect "$scratch/person"
	must_say 'nothing installed'
	[ ! -s "$scratch/apt" ] || fail "apt-get was called: $(cat "$scratch/apt")"
}

missing_without_apt() {
	path_without xorriso apt-get
	PATH=$scratch/bin expect_failure ./build.sh build
	must_say 'xorriso'
	must_say 'no apt-get'
}

arguments_checked() {
	expect_failure ./build.sh bild
	must_say 'bild'
	expect_failure ./build.sh run --mem many
	must_say '--mem'
	expect_failure ./build.sh build --kvm
	must_say '--kvm'
	./build.sh help >"$scratch/said"
	for word in build run test clean --auto --display --kernel --kvm --mem --no-install KERNEL_TARBALL; do
		must_say "$word"
	done
}

locked() {
	copy_checkout
	exec 8<.
	flock -n 8
	expect_failure ./build.sh build --no-install
	must_say 'another build is running'
}

# --- the source tree ---

# A "kernel" of two files, its tarball, and a series of two patches with a cover letter, in a copy of kernel/.
small_source() {
	small_tarball 6.12.1 "$scratch/small.tar.xz"
	mkdir -p "$scratch/kernel/patches"
	cp kernel/unpack.sh "$scratch/kernel"
	echo "Subject: [PATCH 0/2] not a patch" >"$scratch/kernel/patches/0000-cover-letter.patch"
	small_patch 0001-one.patch one "line 5" "line five"
	cat >"$scratch/kernel/patches/0002-two.patch" <<-'END'
		Subject: a new file, and the first patch's line again

		--- a/one
		+++ b/one
		@@ -4,3 +4,3 @@
		 line 4
		-line five
		+line 5.0
		 line 6
		--- /dev/null
		+++ b/dir/new
		@@ -0,0 +1 @@
		+new
	END
}

small_tarball() {
	local top=$scratch/small
	rm -rf "$top"
	mkdir -p "$top/dir"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "${1%%.*}" "$(cut -d. -f2 <<<"$1")" "${1##*.}" \
		>"$top/Makefile"
	printf 'line %s\n' 1 2 3 4 5 6 7 8 9 >"$top/one"
	cp "$top/one" "$top/two"
	touch -d 2001-01-01 "$top"/*
	tar -C "$scratch" -cJf "$2" small
}

# A patch NAME that changes one line of FILE; its context is the line before and after.
small_patch() {
	local before after number=${3#line }
	before="line $((number - 1))"
	after="line $((number + 1))"
	printf 'Subject: change a line\n\n--- a/%s\n+++ b/%s\n@@ -%d,3 +%d,3 @@\n %s\n-%s\n+%s\n %s\n' \
		"$2" "$2" $((number - 1)) $((number - 1)) "$before" "$3" "$4" "$after" >"$scratch/kernel/patches/$1"
}

unpack() {
	"$scratch/kernel/unpack.sh" "$scratch/small.tar.xz" "$scratch/tree"
}

unfinished() {
	[ ! -e "$scratch/tree/.series/applied" ] || fail "the tree is taken for finished"
}

content_is() {
	[ "$(cat "$scratch/tree/$1")" = "$2" ] || fail "$1 is $(head -c 200 "$scratch/tree/$1")"
}

PATCHED=$'line 1\nline 2\nline 3\nline 4\nline 5.0\nline 6\nline 7\nline 8\nline 9'

patched() {
	small_source
	unpack
	content_is one "$PATCHED"
	content_is dir/new new
	content_is .series/applied $'0001-one.patch\n0002-two.patch'
}

offset() {
	small_source
	sed -i 's/^@@.*/@@ -1,3 +1,3 @@/' "$scratch/kernel/patches/0001-one.patch"
	unpack
	content_is one "$PATCHED"
}

hunk_fails() {
	small_source
	small_patch 0001-one.patch one "line 5" "line five"
	sed -i 's/^-line 5/-line V/' "$scratch/kernel/patches/0001-one.patch"
	expect_failure unpack
	must_say '0001-one.patch'
	must_say 'Hunk #1 FAILED'
	must_say 'file one'
	unfinished
}

no_fuzz() {
	small_source
	sed -i 's/^ line 6/ line VI/' "$scratch/kernel/patches/0001-one.patch"
	expect_failure unpack
	must_say 'Hunk #1 FAILED'
	unfinished
}

hunk_fails_later() {
	small_source
	unpack
	sed -i.good 's/^-line five/-line V/' "$scratch/kernel/patches/0002-two.patch"
	expect_failure unpack
	must_say '0002-two.patch'
	content_is one "$PATCHED"
	mv "$scratch/kernel/patches/0002-two.patch.good" "$scratch/kernel/patches/0002-two.patch"
	unpack
	content_is one "$PATCHED"
}

edited_patch() {
	small_source
	unpack
	find "$scratch/tree" -type f -exec touch -d 2002-02-02 {} +
	sed -i 's/^+new/+newer/' "$scratch/kernel/patches/0002-two.patch"
	unpack
	content_is dir/new newer
	[ "$(find "$scratch/tree" -newermt 2003-03-03 -type f ! -path '*/.series/*' -printf '%P ')" = "dir/new " ] ||
		fail "other files were written, too"
}

removed_patch() {
	small_source
	unpack
	rm "$scratch/kernel/patches/0002-two.patch"
	unpack
	content_is one "${PATCHED/5.0/five}"
	[ ! -e "$scratch/tree/dir/new" ] || fail "dir/new is still there"
}

# Put a PROGRAM in the PATH that at its Nth call kills who called it, before or after doing its work.
killer() {
	local real
	real=$(command -v "$1")
	rm -f "$scratch/calls"
	cat >"$scratch/bin/$1" <<-END
		#!/bin/bash
		echo >>$scratch/calls
		[ "\$(wc -l <$scratch/calls)" = $3 ] || exec $real "\$@"
		[ $2 = before ] || $real "\$@"
		kill -KILL \$PPID
	END
	chmod +x "$scratch/bin/$1"
}

# From nothing, and from a tree with an older series: each program that unpack.sh runs kills it once at each of its
# calls.  Then it is run undisturbed, and the tree has to be as it would have been.
killed_anywhere() {
	local start program when n times=0
	mkdir "$scratch/bin" "$scratch/nothing"
	small_source
	unpack
	mv "$scratch/tree" "$scratch/good"
	mv "$scratch/kernel/patches" "$scratch/patches"
	mkdir "$scratch/kernel/patches"
	small_patch 0001-two.patch two "line 7" "line seven"
	unpack
	mv "$scratch/tree" "$scratch/older"
	rm -r "$scratch/kernel/patches"
	mv "$scratch/patches" "$scratch/kernel/patches"

	for start in nothing older; do
		for program in tar mv cp patch cmp touch rm sort; do
			for when in before after; do
				for ((n = 1; ; n++)); do
					rm -rf "$scratch"/tree*
					cp -a "$scratch/$start" "$scratch/tree"
					killer $program $when $n
					if PATH=$scratch/bin:$PATH unpack >/dev/null 2>&1; then break; fi
					times=$((times + 1))
					rm "$scratch/bin/$program"
					unpack >/dev/null
					diff -r -x touched -x orig "$scratch/tree" "$scratch/good" ||
						fail "from $start, killed $when call $n of $program: another tree"
				done
				rm "$scratch/bin/$program"
			done
		done
	done
	echo "$times interruptions"
	[ "$times" -gt 40 ] || fail "only $times interruptions were tried"
}

# --- the tarball ---

# A build of the copy that fails, with another tarball.
build_with() {
	copy_checkout
	rm -r build/linux build/kernel
	KERNEL_TARBALL=$1 expect_failure ./build.sh build --no-install
	must_say "${1##*/}"
	[ ! -e build/linux ] || fail "the tree is there"
}

tarball_missing() {
	build_with "$scratch/nowhere.tar.xz"
	must_say 'no source tarball'
}

tarball_truncated() {
	head -c 30000000 /usr/src/linux-source-6.12.tar.xz >"$scratch/half.tar.xz"
	build_with "$scratch/half.tar.xz"
	must_say 'damaged'
}

tarball_of_another_version() {
	small_tarball 6.13.2 "$scratch/new.tar.xz"
	build_with "$scratch/new.tar.xz"
	must_say 'Linux 6.13.2; the patches are for 6.12.y'
}

tarball_of_something_else() {
	tar -C "$root" -cJf "$scratch/other.tar.xz" docs
	build_with "$scratch/other.tar.xz"
	must_say 'not a kernel source'
}

tarball_changed() {
	small_source
	unpack
	find "$scratch/tree" -type f -exec touch -d 2002-02-02 {} +
	small_tarball 6.12.20 "$scratch/small.tar.xz"
	unpack
	content_is one "$PATCHED"
	grep -q '^SUBLEVEL = 20$' "$scratch/tree/Makefile" || fail "still the old tree"
	[ -z "$(find "$scratch/tree" ! -newermt 2003-03-03 -type f)" ] || fail "files have dates older than the unpacking"
}

# --- the kernel's configuration, and the build as a whole ---

# The checkout, with copies of what is built.  Of the kernel's folders there is only what make looks at, so that a
# step which goes there without need fails.
copy_checkout() {
	local copy=$scratch/copy
	mkdir -p "$copy/build"
	tar --exclude=./build --exclude=./.git -cf - . | tar -xf - -C "$copy"
	tar -cf - build/{bzImage,initramfs.cpio.gz,clone_with_pids.iso,debs,demo,initramfs,iso,log,sysroot,tests} \
		build/linux/{.series,usr/gen_init_cpio.c} \
		build/kernel/{.config,arch/x86/boot/bzImage,usr/include} | tar -xf - -C "$copy"
	cd "$copy"
}

option_vanishes() {
	cat >"$scratch/good.config" <<-'END'
		CONFIG_PRINTK=y
		# CONFIG_SMP is not set
	END
	cat >"$scratch/bad.config" <<-'END'
		# A comment is no option.
		CONFIG_NO_SUCH_OPTION=y
		CONFIG_INET=y
		# CONFIG_MMU is not set
		CONFIG_TTY=y
	END
	export ARCH=i386 CROSS_COMPILE=i686-linux-gnu-
	expect_failure kernel/configure.sh build/linux "$scratch/o" "$scratch/good.config" "$scratch/bad.config"
	must_say '^ *CONFIG_NO_SUCH_OPTION=y \(bad.config\)'
	must_say '^ *CONFIG_INET=y \(bad.config\)'
	must_say '^ *# CONFIG_MMU is not set \(bad.config\)'
	if grep -E '^ .*(PRINTK|SMP|TTY)' "$scratch/said"; then fail "it names options that are as asked for"; fi
	[ ! -e "$scratch/o/.config" ] || fail "there is a .config"
	kernel/configure.sh build/linux "$scratch/o" "$scratch/good.config"
	grep -q '^CONFIG_PRINTK=y' "$scratch/o/.config" || fail "no .config when all is well"
}

dates() {
	stat -c '%n %y' build/bzImage build/initramfs.cpio.gz build/clone_with_pids.iso
}

nothing_to_do() {
	local before start=$SECONDS
	copy_checkout
	before=$(dates)
	./build.sh build --no-install
	[ "$before" = "$(dates)" ] || fail "outputs were written"
	[ $((SECONDS - start)) -le 5 ] || fail "it took $((SECONDS - start)) seconds"
}

program_changed() {
	local before start
	copy_checkout
	before=$(dates | grep bzImage)
	echo '__attribute__((constructor)) static void edited(void) { __asm__ volatile("nop"); }' >>demo/tools/cwp.c
	start=$SECONDS
	./build.sh build --no-install >"$scratch/said"
	[ $((SECONDS - start)) -le 10 ] || fail "it took $((SECONDS - start)) seconds"
	cat "$scratch/said"
	[ "$(grep -c '^  CC ' "$scratch/said")" = 1 ] || fail "more than one file was compiled"
	if cmp -s build/clone_with_pids.iso "$root/build/clone_with_pids.iso"; then fail "the ISO is the same"; fi
	[ "$before" = "$(dates | grep bzImage)" ] || fail "the kernel was touched"
}

# The tools that write the archive and the ISO die, and make with them, in the middle of their output.
packing_killed() {
	local tool output
	copy_checkout
	mkdir "$scratch/bin"
	touch initramfs/archive.list
	for tool in pigz xorriso; do
		cat >"$scratch/bin/$tool" <<-'END'
			#!/bin/bash
			for a; do case $a in *.tmp) echo half >"$a" ;; esac; done
			echo half
			kill -KILL $PPID $(cut -d" " -f4 /proc/$PPID/stat)
		END
		chmod +x "$scratch/bin/$tool"
		rm -f build/initramfs.cpio.gz build/clone_with_pids.iso
		if PATH=$scratch/bin:$PATH ./build.sh build --no-install; then fail "$tool was not called"; fi
		[ ! -e build/clone_with_pids.iso ] || fail "there is an ISO"
		[ $tool != pigz ] || [ ! -e build/initramfs.cpio.gz ] || fail "there is an archive"
		rm "$scratch/bin/$tool"
		./build.sh build --no-install
		for output in initramfs.cpio.gz clone_with_pids.iso; do
			cmp "build/$output" "$root/build/$output" || fail "another $output"
		done
	done
}

compiler_error() {
	copy_checkout
	echo 'int oops' >>demo/tools/cwp.c
	expect_failure ./build.sh build --no-install
	must_say 'demo/tools/cwp.c:[0-9]*:[0-9]*: error'
	must_say 'build/log/build.log'
}

main "$@"
