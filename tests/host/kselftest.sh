#!/bin/bash
# The kernel's own selftests of processes, on the kernel without the series, with it, and with it but without
# CONFIG_CLONE_WITH_PIDS: they must say the same, test by test.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/splats.sh"
. "${0%/*}/steps.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
3000 built                     | the kernels and the selftests' programs are built
20   one_config                | the kernels' configurations differ in CONFIG_CLONE_WITH_PIDS and in nothing else
900  runs 0 unpatched          | the kernel without the series runs every program
900  runs $last_step patched   | the kernel with the series runs every program
900  runs without without      | the kernel with the series and without the option runs every program
20   difference_shows          | a test with another result is a difference
20   missing_shows             | a program that did not run, was cut off or said nothing is a failure
20   nothing_passed_shows      | a folder of which no test passed is a failure
"

list=tests/kselftest/programs
selftests=build/kselftest/programs.cpio
logs=(build/log/kselftest-{unpatched,patched,without}.log)

built() {
	make_outputs build/series/without/bzImage $selftests
	if cmp -s build/series/0/bzImage "build/series/$last_step/bzImage"; then fail "both kernels are the same"; fi
}

# What an option is in a step's configuration, or all that it says but that option.
option() {
	grep -E '^(# )?CONFIG_CLONE_WITH_PIDS[= ]' "build/series/$1/config" || echo "unknown"
}

all_but_option() {
	grep -vE '^(# )?CONFIG_CLONE_WITH_PIDS[= ]' "build/series/$1/config"
}

one_config() {
	local step
	[ "$(option 0)" = unknown ] || fail "the unpatched kernel has the option: $(option 0)"
	[ "$(option "$last_step")" = CONFIG_CLONE_WITH_PIDS=y ] || fail "the patched kernel: $(option "$last_step")"
	[ "$(option without)" = "# CONFIG_CLONE_WITH_PIDS is not set" ] || fail "the one without: $(option without)"
	for step in "$last_step" without; do
		diff <(all_but_option 0) <(all_but_option "$step") || fail "steps 0 and $step differ in other options"
	done
}

runs() {
	local step=$1 log=build/log/kselftest-$2.log program
	step_boots "$step" "mode=auto limit=3000 demo=/kselftest/run" $selftests
	count_instructions
	BOUND=4000 play end
	cp "$scratch/verdict" "$log"
	judge "demo: ok"
	no_splats "$scratch/console"
	while read -r program; do
		grep -q "^end $program " "$log" || fail "$program did not come to its end; see $log"
	done < <(awk 'NF && !/^#/ { print $1 "/" $2 }' $list)
}

# Three programs and what they said, for the comparison's own tests.
example() {
	cat >"$scratch/programs" <<-'END'
		one talks 10 tap
		one silent 10 status
		# a remark

		two skips 10 tap
	END
	cat >"$scratch/log" <<-'END'
		begin one/talks
		| TAP version 13
		| # a remark with ok in it
		| ok 1 first
		| not ok 2 second
		end one/talks 1
		begin one/silent
		end one/silent 0
		begin two/skips
		| ok 1 - third
		| ok 2 fourth # SKIP no such thing
		end two/skips 0
		demo: ok
	END
}

# Compare the example with itself, changed by a script for sed; the first of the failures is to be this one.
compared() {
	local status=0
	example
	sed "$1" "$scratch/log" >"$scratch/other"
	tests/kselftest/compare.sh "$scratch/programs" "$scratch/log" "$scratch/other" >"$scratch/said" || status=$?
	cat "$scratch/said"
	if [ -z "$2" ]; then
		[ "$status" = 0 ] || fail "a failure where there is none"
	else
		[ "$status" = 1 ] || fail "status $status with '$1'"
		[[ "$(grep -m 1 '^FAIL ' "$scratch/said")" == "FAIL kselftest: $2"* ]] || fail "no '$2' with '$1'"
	fi
}

difference_shows() {
	compared '' ''
	grep -qx 'pass kselftest: one/talks: the same on all 2 kernels: 1 ok, 2 not ok' "$scratch/said" ||
		fail "the tests are counted wrong"
	grep -qx 'pass kselftest: two/skips: the same on all 2 kernels: 2 ok, 1 skip' "$scratch/said" ||
		fail "a skipped test is counted wrong"
	compared 's/| ok 1 first/| not ok 1 first/' 'one/talks: another result, 2 lines'
	grep -qx '    -ok: first' "$scratch/said" || fail "the difference is not shown"
	compared 's/| not ok 2/| ok 2/' 'one/talks: another result'
	compared '/not ok 2/d' 'one/talks: another result, 1 lines'
	compared 's/second/2nd/' 'one/talks: another result'
	compared 's/ # SKIP.*//' 'two/skips: another result'
	compared 's/^end one.silent 0/end one\/silent 137/' 'one/silent: another result'
}

missing_shows() {
	compared '/one.talks/d' 'one/talks: it did not run'
	compared "/^end one.talks/,\$d" 'one/talks: it did not run'
	compared '/^end two.skips/d' 'two/skips: it did not run'
	compared '/begin two/,/end two/s/^|.*/| hello/' 'two/skips: no line in the test anything protocol'
}

# On every kernel alike: the comparison of the programs finds nothing.
nothing_passed_shows() {
	example
	sed -i 's/^| ok/| not ok/; s/ # SKIP.*//; s/^\(end .*\) 0/\1 1/' "$scratch/log"
	if tests/kselftest/compare.sh "$scratch/programs" "$scratch/log" "$scratch/log" >"$scratch/said"; then
		fail "taken for a success"
	fi
	grep -qx 'FAIL kselftest: all of two: no test passed' "$scratch/said" || fail "no failure of folder two"
}

before_cases() {
	rm -f "${logs[@]}"
}

after_cases() {
	touch "${logs[@]}"
	tests/kselftest/compare.sh $list "${logs[@]}" || true
}

main "$@"
