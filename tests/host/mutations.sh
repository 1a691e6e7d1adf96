#!/bin/bash
# The guest's tests on wrong kernels: each of tests/mutations/*.mutation is one mistake in the series, and the suite
# that it names must notice it.  A control run without a mutation must pass, on each kernel that is used.
# MUTATIONS='NAME...' runs only those.  mutations-short.sh is this file with sample=5: that many, drawn by the date, of those for the shipping kernel.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/report.sh"

sample=${sample-}
table=tests/mutations

# The value of a mutation's field, or what it is without.
field() {
	local value
	value=$(sed -n "s/^$2: //p" "$table/$1.mutation")
	echo "${value:-${3-}}"
}

# The mutations of this run.  A day's sample is the same all day and on every machine: those come first whose name has
# the least checksum together with the date.
drawn() {
	local name
	if [ -n "${MUTATIONS-}" ]; then
		tr ' ' '\n' <<<"$MUTATIONS"
		return
	fi
	for name in "$table"/*.mutation; do
		name=$(basename "$name" .mutation)
		if [ -z "$sample" ] || [ "$(field "$name" kernel kernel)" = kernel ]; then
			echo "$name"
		fi
	done | draw "$sample"
}

# The kernels that these need, and for each one the suites that are to notice.
kernels() {
	local name
	for name in $(drawn); do field "$name" kernel kernel; done | sort -u
}

suites() {
	local name
	for name in $(drawn); do
		[ "$(field "$name" kernel kernel)" != "$1" ] || field "$name" suite
	done | sort -u
}

# The control runs come first: without them nothing that follows means anything.
cases() {
	local name
	for name in $(kernels); do
		echo "3600 control $name | without a mutation, the suites pass ($name)"
	done
	for name in $(drawn); do
		echo "1200 mutation $name | $(field "$name" suite) notices $name"
	done
}

build_mutant() {
	make_outputs mutant "MUTATED=$1" "MUTATION=${2-}" >"$scratch/make" 2>&1 || {
		cat "$scratch/make"
		fail "$(grep '^mutant:\|\.mutation: \|error:' "$scratch/make" || echo "the kernel was not built")"
	}
}

# Boot the kernel that was built last from that one and run the suites; a failure must not keep the others from running.
run_suites() {
	local base=$1 suite
	shift
	mkdir -p "$scratch/files/tests"
	{
		echo '#!/bin/sh'
		echo 'status=0'
		for suite; do echo "/tests/guest-tests --timeout=120 $suite || status=1"; done
		# shellcheck disable=SC2016 # the guest's
		echo 'exit $status'
	} >"$scratch/files/tests/script"
	chmod +x "$scratch/files/tests/script"
	archive_with "$scratch/files"
	# shellcheck disable=SC2034 # directly reads it
	kernel=build/mutations/$base/arch/x86/boot/bzImage
	if [ "$base" = debug ]; then
		directly "mode=test tsc=unstable debug_pagealloc=off demo=/tests/script" -smp 2 -m 256
	else
		directly "mode=test demo=/tests/script"
		count_instructions
	fi
	bound=${bound-900}
	(BOUND=$bound play end) >"$scratch/play" 2>&1 || grep -q 'did not end within' "$scratch/play" ||
		{ cat "$scratch/play"; fail "the machine did not run"; }
	tr -d '\r' <"$scratch/verdict" >"$scratch/report"
	cat "$scratch/report"
}

# What came of it: panic, hang, fail (of a test), pass, or no verdict.
outcome() {
	if grep -q 'Kernel panic' "$scratch/console"; then
		echo panic
	elif grep -q 'did not end within' "$scratch/play"; then
		echo hang
	elif grep -q "^FAIL " "$scratch/report"; then
		echo fail
	elif grep -q '^pass ' "$scratch/report" && [ "$(verdict)" = "test: ok" ]; then
		echo pass
	else
		echo "no verdict"
	fi
}

control() {
	local came list
	mapfile -t list < <(suites "$1")
	build_mutant "$1"
	bound=3000
	run_suites "$1" "${list[@]}"
	came=$(outcome)
	[ "$came" = pass ] || fail "without a mutation: $came; $(grep -m1 '^FAIL ' "$scratch/report" || true)"
}

# Who else notices is worth knowing, but does not count: the mutation's own suite is the one that says what is wrong.
mutation() {
	local name=$1 base suite wanted came others=
	base=$(field "$name" kernel kernel)
	suite=$(field "$name" suite)
	wanted=$(field "$name" notice fail)
	build_mutant "$base" "$name"
	bound=300
	run_suites "$base" "$suite"
	came=$(outcome)
	if [ "$came" = pass ]; then
		bound=600
		run_suites "$base" --short
		others=$(sed -n 's/^FAIL \([^:]*\): .*/\1/p' "$scratch/report" | sort -u | paste -sd' ')
		fail "$suite does not notice it; ${others:-nobody} does ($(outcome)): $(field "$name" mistake)"
	fi
	[[ "|$wanted|" == *"|$came|"* ]] || fail "$suite: $came, not $wanted: $(field "$name" mistake)"
}

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES=
[ "${1-}" = --case ] || CASES=$(cases)
main "$@"
