#!/bin/bash
# The C lab: the reference gets all points, the skeleton and the empty answers none, and each wrong solution of
# labs/c/wrong loses the points of its parts, with its message; and the lab's folder.
# labs-restart-short.sh is this file with sample=4: that many of the wrong ones, drawn by the date.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/copy.sh"
. labs/grade/parts.sh
. labs/grade/restart.sh

sample=${sample-}
wrong=labs/c/wrong

drawn() {
	local name
	for name in "$wrong"/*.mutation; do
		basename "$name" .mutation
	done | draw "$sample"
}

cases() {
	local name
	cat <<-'END'
		120 reference       | the reference gets all points, with both calls, whatever the numbers
		120 slowed_down     | the same on a machine that is slower by 64 times
		120 skeleton        | the skeleton compiles and gets no points
		120 empty           | an answer that does nothing gets no points, with status 0 and with status 1
		120 commented_out   | the reference in a comment gets no points
		60 error            | an answer that does not compile: the first error, in the student's file
		60 folder           | lab restart keeps what was written, --reset keeps it in a file, and others' folders stay
		60 not_begun        | what is unknown, and a lab that was not begun
		60 images           | the reader refuses images that are none, by file and line
	END
	for name in $(drawn); do
		echo "300 mistake $name | $name loses the points of its parts"
	done
}

# Compile and grade with both calls: $scratch/result.
graded() {
	compile_restart "$1" "$scratch/build" || fail "$(first_error "$scratch/build.said" restart.c)"
	grade_restart "$scratch/build/restart" "${2-0}" "$scratch/machine" "$scratch/result" clone_with_pids clone3
	cat "$scratch/result"
}

points() {
	awk -F '\t' -v id="$1" '$1 == id { print $2 }' "$scratch/result"
}

sum_is() {
	[ "$(sum_of "$scratch/result")" = "$1 200" ] || fail "$(sum_of "$scratch/result"): not $1 of 200 points"
}

before_cases() {
	local log=build/log/labs-grader.log
	make_outputs build/labs/grader/grade-restart >"$log" 2>&1 || fail "$(tail -n 1 "$log")"
}

reference() {
	graded labs/c/reference.c
	sum_is 200
	graded labs/c/reference.c 4711
	sum_is 200
	[ ! -s "$scratch/build.said" ] || fail "the compiler has something to say"
}

slowed_down() {
	LAB_ICOUNT=shift=6,sleep=off graded labs/c/reference.c
	sum_is 200
}

skeleton() {
	graded labs/c/skeleton.c
	sum_is 0
	[ ! -s "$scratch/build.said" ] || fail "the compiler has something to say"
}

empty() {
	echo 'int main(void) { return 0; }' >"$scratch/a.c"
	graded "$scratch/a.c"
	sum_is 0
	echo 'int main(void) { return 1; }' >"$scratch/a.c"
	graded "$scratch/a.c"
	sum_is 0
}

commented_out() {
	{
		echo '#if 0'
		cat labs/c/reference.c
		printf '#endif\nint main(void) { return 0; }\n'
	} >"$scratch/a.c"
	graded "$scratch/a.c"
	sum_is 0
}

mistake() {
	local id says lost loses
	awk -f tests/mutations/apply.awk "$wrong/$1.mutation" labs/c/reference.c >"$scratch/wrong.c"
	graded "$scratch/wrong.c"
	read -ra loses < <(sed -n 's/^loses: //p' "$wrong/$1.mutation")
	for id in "${loses[@]}"; do
		[ "$(points "$id")" = 0 ] || fail "it has the points of $id"
	done
	says=$(sed -n 's/^says: //p' "$wrong/$1.mutation")
	lost=${loses[0]}
	[[ $(awk -F '\t' -v id="$lost" '$1 == id { print $4 }' "$scratch/result") =~ $says ]] ||
		fail "$lost: it does not say '$says'"
}

error() {
	sed '60i\	int x = no_such_name;' labs/c/reference.c >"$scratch/a.c"
	if compile_restart "$scratch/a.c" "$scratch/build"; then fail "it compiles"; fi
	[[ $(first_error "$scratch/build.said" labs/restart/restart.c) == labs/restart/restart.c:60:*error:*no_such_name* ]] ||
		fail "not the first error: $(first_error "$scratch/build.said" labs/restart/restart.c)"
	echo 'int main(void) { return no_such_function(); }' >"$scratch/a.c"
	if compile_restart "$scratch/a.c" "$scratch/build"; then fail "it compiles"; fi
	[[ $(first_error "$scratch/build.said" labs/restart/restart.c) == *no_such_function* ]] ||
		fail "not the linker's: $(first_error "$scratch/build.said" labs/restart/restart.c)"
}

lab() {
	labs/lab.sh restart "$@" >"$scratch/said" 2>&1
}

folder() {
	copy_sources
	lab || fail "$(cat "$scratch/said")"
	cmp labs/restart/restart.c labs/c/skeleton.c
	echo '/* mine */' >>labs/restart/restart.c
	rm labs/restart/given.c
	lab || fail "the second time: $(cat "$scratch/said")"
	tail -n 1 labs/restart/restart.c | grep -qx '/\* mine \*/' || fail "what was written is lost"
	[ -e labs/restart/given.c ] || fail "what is given does not come back"
	lab --reset || fail "--reset: $(cat "$scratch/said")"
	cmp labs/restart/restart.c labs/c/skeleton.c
	grep -q mine labs/restart/restart.c.~1~ || fail "--reset lost it"
	must_say 'restart.c.~1~'
	rm -r labs/restart
	mkdir labs/restart
	echo precious >labs/restart/thesis
	expect_failure labs/lab.sh restart
	must_say 'labs/restart is in the way'
	[ "$(ls labs/restart)" = thesis ] || fail "something was made in there"
	rm -r labs/restart
	echo a file >labs/restart
	expect_failure labs/lab.sh restart
	must_say 'labs/restart is in the way: it is not a folder'
}

not_begun() {
	copy_sources
	expect_failure labs/lab.sh restart --grade
	must_say 'there is no labs/restart/restart.c: ./build.sh lab restart makes it'
	expect_failure labs/lab.sh restart --reset
	must_say 'there is no labs/restart/restart.c to begin anew'
	expect_failure labs/lab.sh restart --clone3
	must_say '--clone3 is for lab restart --grade'
	expect_failure labs/lab.sh restart --graed
	must_say 'what is --graed'
	expect_failure ./build.sh lab
	must_say 'which one'
	expect_failure ./build.sh lab rsetart
	must_say 'there is no lab rsetart'
	expect_failure ./build.sh labs
	must_say 'labs --hand-in DIR'
}

# The reader is the host's as well as the machine's.
images() {
	local image
	cat >"$scratch/a.c" <<-'END'
		#include "given.h"
		int main(int argc, char **argv) { static struct image i; return argc != 2 || image_read(&i, argv[1]); }
	END
	gcc -D_GNU_SOURCE -Wall -Wextra -Ilabs/c -o "$scratch/read" "$scratch/a.c" labs/c/given.c
	for image in labs/c/images/*; do "$scratch/read" "$image" || fail "$image is refused"; done
	while IFS='|' read -r text why; do
		printf '%b' "$text" >"$scratch/image"
		expect_failure "$scratch/read" "$scratch/image"
		must_say "$why"
	done <<-'END'
		|:0: there is no task
		a - - -\n|:1: there is no pid
		a - - - 0\n|:1: a pid is not a number above 0
		a - - - 5x\n|:1: a pid is not a number above 0
		a - - - 5\na - - - 6\n|:2: two tasks have this name
		a - - - 5\nb c - - 6\n|:2: a parent or leader is not in a line above
		a a - - 5\n|:1: a parent or leader
		a - - - 5 6\n|:1: the first task of a namespace has pid 1
		a - - - 5 1 1\n|:1: a task has as many pids
		a-name-of-16-chr - - - 5\n|:1: a name has 15
		a - -\n|:1: name, parent
	END
	expect_failure "$scratch/read" "$scratch/nothing"
	must_say 'No such file'
}

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES=
[ "${1-}" = --case ] || CASES=$(cases)
main "$@"
