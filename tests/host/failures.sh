#!/bin/bash
# build.sh and the steps under it, when something goes wrong or is interrupted.
#
# They are tried on copies of the checkout; its own build/ is only read.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/copy.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
20 missing_named              | a missing program: its package is named, nothing is installed with --no-install
20 missing_installed          | a missing program: apt-get installs it when nobody is at the terminal
20 missing_refused            | a missing program: a person at the terminal is asked, and n installs nothing
20 missing_without_apt        | a missing program without apt: what is needed is named
20 arguments_checked          | an unknown command or option is refused, and help lists the known ones
20 locked                     | a second build at the same time is refused

180 option_vanishes           | an option that vanishes stops the build: option and fragment are named
60 nothing_to_do              | nothing changed: nothing is built again
60 program_changed            | a changed program is in a new ISO within 10 seconds of processor time, and the kernel is not touched
60 packing_killed             | an archive and an ISO that were interrupted are not taken for finished
60 compiler_error             | an error in a C file stops the build and names the file
"

# --- build.sh ---

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
		set timeout 60
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
	expect_failure ./build.sh run --debug
	must_say '--debug is for ./build.sh test'
	expect_failure ./build.sh test --debugging
	must_say '--debugging'
	expect_failure ./build.sh test --series --short
	must_say '--short is for ./build.sh test --debug, --mutations, --releases or --all'
	./build.sh help >"$scratch/said"
	for word in build run test clean --auto --display --kernel --kvm --mem --debug --kselftest --series \
		--mutations --releases --all --short --list NAME --container --werror --no-install KERNEL_TARBALL; do
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

# --- the kernel's configuration, and the build as a whole ---

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
	echo '# CONFIG_PRINTK is not set' >"$scratch/later.config"
	kernel/configure.sh build/linux "$scratch/o" "$scratch/good.config" "$scratch/later.config"
	if grep '^CONFIG_PRINTK=y' "$scratch/o/.config"; then fail "a later fragment does not redefine an option"; fi
	expect_failure kernel/configure.sh build/linux "$scratch/o" "$scratch/later.config" "$scratch/bad.config"
	if grep -E '^ .*PRINTK' "$scratch/said"; then fail "it names an option that is as asked for"; fi
}

dates() {
	stat -c '%n %y' build/bzImage build/initramfs.cpio build/{tests,initramfs}.cpio.gz build/clone_with_pids.iso
}

# ./build.sh build, with at most so many seconds of processor time: a busy host has no part in that.
build_within() {
	local TIMEFORMAT='%U %S'
	local status=0
	{ time ./build.sh build --no-install >"$scratch/said" 2>&1; } 2>"$scratch/times" || status=$?
	cat "$scratch/said"
	[ "$status" = 0 ] || fail "the build ended with status $status"
	awk -v most="$1" '{ exit $1 + $2 > most }' "$scratch/times" || fail "user and system time: $(<"$scratch/times") s"
}

nothing_to_do() {
	local before
	copy_checkout
	before=$(dates)
	build_within 5
	[ "$before" = "$(dates)" ] || fail "outputs were written"
}

program_changed() {
	local before
	copy_checkout
	before=$(dates | grep bzImage)
	echo '__attribute__((constructor)) static void edited(void) { __asm__ volatile("nop"); }' >>tools/cwp.c
	build_within 10
	[ "$(grep -c '^  CC ' "$scratch/said")" = 1 ] || fail "more than one file was compiled"
	if cmp -s build/clone_with_pids.iso "$root/build/clone_with_pids.iso"; then fail "the ISO is the same"; fi
	[ "$before" = "$(dates | grep bzImage)" ] || fail "the kernel was touched"
}

# The tools that write the archive and the ISO die, and make with them, in the middle of their output.
packing_killed() {
	local tool output
	copy_checkout
	mkdir "$scratch/bin"
	touch initramfs/archive.list tests/archive.list
	for tool in gzip pigz xorriso; do
		cat >"$scratch/bin/$tool" <<-'END'
			#!/bin/bash
			for a; do case $a in *.tmp) echo half >"$a" ;; esac; done
			echo half
			kill -KILL $PPID $(cut -d" " -f4 /proc/$PPID/stat)
		END
		chmod +x "$scratch/bin/$tool"
		rm -f build/{tests,initramfs}.cpio.gz build/clone_with_pids.iso
		if PATH=$scratch/bin:$PATH ./build.sh build --no-install; then fail "$tool was not called"; fi
		case $tool in
		gzip) output=tests.cpio.gz ;;
		pigz) output=initramfs.cpio.gz ;;
		xorriso) output=clone_with_pids.iso ;;
		esac
		[ ! -e "build/$output" ] || fail "there is a build/$output"
		rm "$scratch/bin/$tool"
		./build.sh build --no-install
		for output in {tests,initramfs}.cpio.gz clone_with_pids.iso; do
			cmp "build/$output" "$root/build/$output" || fail "another $output"
		done
	done
}

compiler_error() {
	copy_checkout
	echo 'int oops' >>tools/cwp.c
	expect_failure ./build.sh build --no-install
	must_say 'tools/cwp.c:[0-9]*:[0-9]*: error'
	must_say 'build/log/build.log'
}

main "$@"
