#!/bin/bash
# The kernel lab: the reference gets all points, the skeleton none, and each wrong kernel of tests/mutations loses those
# of its section, with a message that names the mistake: labs/call/wrong.  All kernels share one folder of objects.
# LABS_WRONG='NAME...' runs only those; labs-kernel-short.sh is this file with sample=2: that many, drawn by the date.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/copy.sh"
. labs/grade/parts.sh
. labs/grade/sections.sh
. labs/grade/kernel.sh

sample=${sample-}
wrong=labs/call/wrong

# The mistakes of this run.
drawn() {
	if [ -n "${LABS_WRONG-}" ]; then
		tr ' ' '\n' <<<"$LABS_WRONG"
		return
	fi
	sed -n 's/^\([a-z][^ ]*\) .*/\1/p' "$wrong" | draw "$sample"
}

cases() {
	local name
	cat <<-'END'
		600 reference      | the series gets all points
		600 skeleton       | the skeleton builds, boots and gets none
		600 historical     | the code of 2009 builds, boots, and loses where it has to be ported
		600 panics         | a kernel that panics in a section loses it, and the others are graded
		900 hangs          | a kernel that hangs in a section loses it, and the others are graded
		300 error          | a kernel that does not compile: the first error, in the student's file
		60 folder          | lab kernel makes a tree, keeps what was written, and --reset keeps it in a patch
		30 in_the_way      | a folder that is in the way is not touched
		20 sections_whole  | each suite of the call is in a section, each case of a suite that is divided in one
	END
	for name in $(drawn); do
		echo "600 mistake $name | $name loses the points of its section"
	done
}

# Build the kernel with the files below $scratch/changes and grade it: $scratch/result.
graded() {
	make_outputs labs-kernel "LABS_CHANGES=$scratch/changes" >"$scratch/log" 2>&1 || {
		tail -n 20 "$scratch/log"
		fail "the kernel was not built"
	}
	cp build/labs/kernel/arch/x86/boot/bzImage "$scratch/bzImage"
	grade_kernel "$scratch/machine" "$scratch/result" "$scratch/bzImage"
	call_parts | show_result "$scratch/result" "$scratch/machine" || true
}

points() {
	awk -F '\t' -v id="$1" '$1 == id { print $2 }' "$scratch/result"
}

why() {
	awk -F '\t' -v id="$1" '$1 == id { print $4 }' "$scratch/result"
}

sum_is() {
	[ "$(sum_of "$scratch/result")" = "$1 100" ] || fail "$(sum_of "$scratch/result"): not $1 of 100 points"
}

# Some of the points, and not those of these sections.
loses() {
	local id
	[ "$(wc -l <"$scratch/result")" = 10 ] || fail "not every section has its line"
	for id; do
		[ "$(points "$id")" = 0 ] || fail "it has the points of $id"
	done
	[ "$(sum_of "$scratch/result" | cut -d ' ' -f 1)" -gt 0 ] || fail "it has no points at all"
}

# A file of the series, in $scratch/changes, to be edited.
change() {
	mkdir -p "$scratch/changes/$(dirname "$1")"
	cp "build/linux/$1" "$scratch/changes/$1"
}

# A patch of the lab's, applied to what it touches.
variant() {
	local file
	for file in kernel/{clone_with_pids,pid,fork}.c; do change "$file"; done
	patch -s -d "$scratch/changes" -p1 -F0 <"labs/call/$1.patch"
}

reference() {
	mkdir "$scratch/changes"
	graded
	sum_is 100
}

skeleton() {
	variant skeleton
	graded
	sum_is 0
}

historical() {
	variant historical
	graded
	loses order alignment newpid children
	[ "$(points clone3)" = 5 ] || fail "clone3 has changed"
}

mistake() {
	local section message
	read -r _ section message < <(grep "^$1 " "$wrong")
	[ -n "$section" ] || fail "$wrong does not have $1"
	local file
	file=$(sed -n 's/^file: //p' "tests/mutations/$1.mutation")
	mkdir -p "$scratch/changes/$(dirname "$file")"
	awk -f tests/mutations/apply.awk "tests/mutations/$1.mutation" "build/linux/$file" >"$scratch/changes/$file"
	graded
	loses "$section"
	[[ $(why "$section") =~ $message ]] || fail "$section: it does not say '$message'"
}

panics() {
	change kernel/clone_with_pids.c
	sed -i 's/^\tif (nr > level + 1)$/\tif (nr > 32)\n\t\tBUG();\n&/' "$scratch/changes/kernel/clone_with_pids.c"
	graded
	loses arguments
	[[ $(why arguments) == *'the kernel panicked: '* ]] || fail "the panic is not told"
	grep -q 'Call Trace\|Kernel panic' "$scratch/machine.end-arguments" || fail "the log's end is missing"
	[ "$(points zero) $(points clone3)" = "10 5" ] || fail "the grader did not go on"
}

hangs() {
	change kernel/clone_with_pids.c
	sed -i 's/^\tif (!capable(CAP_SYS_ADMIN))$/\twhile (nr == 2 \&\& !capable(CAP_SYS_ADMIN))\n\t\tcpu_relax();\n&/' \
		"$scratch/changes/kernel/clone_with_pids.c"
	BOOT_CPU=40 graded
	[[ $(why order) == *'the machine hangs'* || $(why order) == *'no verdict within'* ]] || fail "the hang is not told"
	loses order
	[ "$(points zero) $(points clone3)" = "10 5" ] || fail "the grader did not go on"
}

error() {
	change kernel/clone_with_pids.c
	sed -i 's/^\tif (nr > level + 1)$/\tif (nr > levels + 1)/' "$scratch/changes/kernel/clone_with_pids.c"
	if make_outputs labs-kernel "LABS_CHANGES=$scratch/changes" >"$scratch/log" 2>&1; then fail "it compiles"; fi
	cat "$scratch/log"
	[[ $(first_kernel_error "$scratch/log" labs/kernel/linux/) =~ \
		^labs/kernel/linux/kernel/clone_with_pids\.c:[0-9]+:[0-9]+:\ error:.*levels ]] ||
		fail "not the first error: $(first_kernel_error "$scratch/log" labs/kernel/linux/)"
}

# A checkout whose build/linux has only what the series touches.
small_checkout() {
	copy_sources
	mkdir -p build/linux
	tar -C "$root/build/linux" -cf - .series MAINTAINERS kernel/{clone_with_pids,fork,pid}.c | tar -xf - -C build/linux
	TREE_MB=1
}

lab() {
	labs/lab.sh kernel "$@" >"$scratch/said" 2>&1
}

folder() {
	small_checkout
	lab || fail "$(cat "$scratch/said")"
	grep -q 'LAB, section' labs/kernel/linux/kernel/clone_with_pids.c || fail "the skeleton is not there"
	[ -z "$(changed_files)" ] || fail "changed already: $(changed_files)"
	echo '/* mine */' >>labs/kernel/linux/kernel/pid.c
	echo new >labs/kernel/linux/kernel/new.h
	lab || fail "the second time: $(cat "$scratch/said")"
	grep -qx '/\* mine \*/' labs/kernel/linux/kernel/pid.c || fail "what was written is lost"
	if lab --historical; then fail "another variant over an answer"; fi
	must_say 'has the skeleton variant: .*--reset --historical'
	lab --reset || fail "--reset: $(cat "$scratch/said")"
	if grep -q mine labs/kernel/linux/kernel/pid.c; then fail "--reset left it as it was"; fi
	[ ! -e labs/kernel/linux/kernel/new.h ] || fail "--reset left a new file"
	patch -s -d labs/kernel/linux -p1 <labs/kernel/answer-1.patch
	grep -qx '/\* mine \*/' labs/kernel/linux/kernel/pid.c || fail "the patch does not bring the change back"
	grep -qx new labs/kernel/linux/kernel/new.h ||
		fail "the patch does not bring it back"
	lab --reset --historical
	[ -s labs/kernel/answer-1.patch ] || fail "the first patch is lost"
	cmp labs/kernel/answer-1.patch labs/kernel/answer-2.patch || fail "no second patch"
	grep -q copy_target_pids labs/kernel/linux/kernel/clone_with_pids.c || fail "it is not the historical variant"
	lab || fail "without a variant: $(cat "$scratch/said")"
	rm labs/kernel/linux/kernel/pid.c
	expect_failure labs/lab.sh kernel --grade
	must_say 'pid.c is gone'
}

in_the_way() {
	small_checkout
	expect_failure labs/lab.sh kernel --grade
	must_say 'there is no labs/kernel/linux: ./build.sh lab kernel makes it'
	expect_failure labs/lab.sh kernel --reset
	must_say 'there is no labs/kernel/linux to begin anew'
	mkdir labs/kernel
	echo precious >labs/kernel/thesis
	expect_failure labs/lab.sh kernel
	must_say 'labs/kernel is in the way'
	[ "$(cat labs/kernel/thesis)" = precious ] || fail "it was touched"
	rm -r labs/kernel
	ln -s /tmp labs/kernel
	expect_failure labs/lab.sh kernel
	must_say 'labs/kernel is a link'
	expect_failure labs/lab.sh kernel --what
	must_say 'what is --what'
}

sections_whole() {
	local suite
	sed -n 's/^\t//p' labs/call/parts | sort >"$scratch/asked"
	[ -z "$(uniq -d "$scratch/asked")" ] || fail "twice: $(uniq -d "$scratch/asked")"
	for suite in pids levels; do
		build/tests/guest/guest-tests --list $suite | sed 's,^call/,,' | sort |
			diff - <(grep "^$suite: " "$scratch/asked") || fail "the cases of $suite are others"
	done
	# Of the suites of the call only those that look for leaks and races in other ways have no section.
	sed -n 's/.*SUITE_ENTRY(call, \([a-z0-9_]*\)).*/\1/p' tests/guest/support/suites.h | sort |
		diff - <({ sed 's/:.*//' "$scratch/asked"; printf 'fuzz\nfaults\n'; } | sort -u) || fail "the suites are others"
}

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES=
[ "${1-}" = --case ] || CASES=$(cases)
main "$@"
