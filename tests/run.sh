#!/bin/bash
# usage: run.sh [FILE]... [-- NAME...]
#        run.sh --list
#
# Run the tests of the host, which boot the machine for the guest's; ./build.sh test calls this after a build.
# FILEs are names in tests/host without .sh; `ordinary', and no name at all, stand for those that need no other kernel
# than the one that is built, `whole' for the same ones with nothing left out, and `whole-short' for what CI runs of
# them.  NAMEs are single suites, files and cases (names.sh).  Every `pass' and `FAIL' line counts, and a file that ends
# without one, or badly, counts as failed.
#
# As many files run at a time as there are processors.  What each took is in build/log/times in the end.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/.."
. tests/names.sh

# What is to be done, in this order: the longest first, so that nothing long is left to the end.
jobs=()
at_once=$(nproc)
ordinary=(firmware environment labs labs-restart-short failures source tour glibc harness outputs names image_format rooms lint)

# Of a file of tests that looks at the kernel alone: has what it is about changed lately?  A change for CI is some commits
# at most.  Who cannot know runs it.
LATELY=30
changed_lately() {
	local about=(kernel Makefile "tests/host/$1.sh")
	case $1 in
	kselftest) about+=(tests/kselftest tests/host/{steps,splats}.sh) ;;
	series) about+=(tests/series tests/host/{steps,splats}.sh) ;;
	esac
	[ ! -e .git ] || ! git diff --quiet "HEAD~$LATELY" -- "${about[@]}" ':!*.md' 2>/dev/null
}

# Shares of the guest's tests are jobs of their own.
add_guest() {
	local k
	for ((k = 1; k <= at_once; k++)); do
		jobs+=("$1 $k/$at_once")
	done
}

add_files() {
	local file
	for file; do
		case $file in
		ordinary) add_files guest-short boot-short reproducible-short "${ordinary[@]}" ;;
		whole)
			add_files guest boot reproducible labs-kernel labs-hand-in \
				"${ordinary[@]/%labs-restart-short/labs-restart}"
			;;
		whole-short)
			add_files guest boot-short reproducible labs-kernel-short labs-hand-in-short \
				"${ordinary[@]}"
			changed_lately reproducible || jobs=("${jobs[@]/%reproducible/reproducible-short}")
			;;
		series-short | kselftest-short)
			if changed_lately "${file%-short}"; then jobs+=("${file%-short}"); else left_out "${file%-short}"; fi
			;;
		guest | guest-short) add_guest "$file" ;;
		*) jobs+=("$file") ;;
		esac
	done
}

left_out() {
	echo "skip $1: all of it: what it is about has not changed in the last $LATELY commits" |
		tee "build/log/tests-$1.lines"
}

# The named suites of the guest share a machine, the named cases of a host file its run.
named=
declare -A cases_of=()
add_names() {
	local name meant what rest
	list_guest >build/log/list
	list_host >>build/log/list
	for name; do
		meant=$(meaning "$name" build/log/list)
		[ -n "$meant" ] || unknown "$name"
		while read -r what rest; do
			case $what in
			guest) named+=${named:+$'\n'}$rest ;;
			host) add_host_name "${rest%%:*}" "${rest#"${rest%%:*}"}" ;;
			esac
		done <<<"$meant"
	done
	# The debugging kernel, if it is asked for, runs them instead.
	case " ${jobs[*]-} " in
	*" debug "* | *" debug-short "*) ;;
	*) [ -z "$named" ] || jobs=(named "${jobs[@]}") ;;
	esac
}

# A file, and `:CASE' or nothing for all of it.
add_host_name() {
	local file=$1 case=${2#:}
	if [ -z "$case" ]; then
		unset "cases_of[$file]"
		add_once "$file"
	elif [ -n "${cases_of[$file]-}" ]; then
		cases_of[$file]+=$'\n'$case
	elif add_once "$file"; then
		cases_of[$file]=$case
	fi
}

# Fails if it is to be done already.
add_once() {
	case " ${jobs[*]-} " in
	*" $1 "*) return 1 ;;
	esac
	add_files "$1"
}

unknown() {
	local maybe
	maybe=$(similar "$1" build/log/list)
	echo "tests: no suite, file or case is called \`$1'; ./build.sh test --list lists them all" >&2
	[ -z "$maybe" ] || printf 'Perhaps it is one of these:\n%s\n' "    ${maybe//$'\n'/$'\n    '}" >&2
	exit 2
}

# --- running them ---

# Judge what a file's lines came to: its name, that of its lines, and its exit status.
ended() {
	local lines=build/log/tests-$2.lines
	if [ "$3" != 0 ] || ! grep -Eq '^(pass|FAIL|skip) ' "$lines"; then
		echo "FAIL $1: tests/host/$1.sh ended with status $3" | tee -a "$lines"
	fi
}

# Start one job, show its lines as they come and keep them.  `sed -u' writes a line at once: those of several jobs do not
# mix.
declare -A file_of=() label_of=() show_of=()
start() {
	local file share label fifo show names=$named cases=()
	read -r file share <<<"$1"
	label=$file${share:+-${share%/*}}
	case $file in
	named) file=guest ;;
	debug*) ;;
	*) names= ;;
	esac
	[ -z "${cases_of[$file]-}" ] || mapfile -t cases <<<"${cases_of[$file]}"
	fifo=build/log/.tests-$label
	mkfifo "$fifo"
	sed -u "w build/log/tests-$label.lines" <"$fifo" &
	show=$!
	GUEST_NAMES=$names SHARD=$share tests/host/"$file".sh "${cases[@]}" >"$fifo" 2>&1 &
	file_of[$!]=$file
	label_of[$!]=$label
	show_of[$!]=$show
}

# Wait for one of those that run.
finish_one() {
	local pid=0 status=0
	wait -n -p pid "${!file_of[@]}" || status=$?
	wait "${show_of[$pid]}" || true
	rm -f "build/log/.tests-${label_of[$pid]}"
	ended "${file_of[$pid]}" "${label_of[$pid]}" "$status"
	unset "file_of[$pid]" "label_of[$pid]" "show_of[$pid]"
}

run_jobs() {
	local job
	for job in "${jobs[@]}"; do
		[ "${#file_of[@]}" -lt "$at_once" ] || finish_one
		start "$job"
	done
	while [ "${#file_of[@]}" != 0 ]; do finish_one; done
}

# --- what came of it ---

count() {
	cat build/log/tests-*.lines | grep -c "^$1 " || true
}

report() {
	local skipped failed
	skipped=$(count skip)
	failed=$(count FAIL)
	if [ "$skipped" != 0 ] || [ "$failed" != 0 ]; then
		echo "Not passed:"
		cat build/log/tests-*.lines | grep -E '^(skip|FAIL) '
		echo "$skipped skipped"
	fi
	awk -f tests/times.awk build/log/times.lines >build/log/times
	echo "What took how long is in build/log/times."
	echo "$(count pass) passed, $failed failed"
	[ "$failed" = 0 ]
}

if [ "${1-}" = --list ]; then
	list_guest
	list_host
	exit
fi
mkdir -p build/log
rm -f build/log/tests-*.lines build/log/.tests-*
: >build/log/times.lines
[ ! -f build/log/build.time ] || cat build/log/build.time >>build/log/times.lines
[ $# != 0 ] || set -- ordinary
while [ $# != 0 ] && [ "$1" != -- ]; do
	add_files "$1"
	shift
done
if [ $# != 0 ]; then
	shift
	add_names "$@"
fi
# Each file of tests ends its own case when it is told to end.
trap 'kill "${!file_of[@]}" 2>/dev/null || true; wait' EXIT
trap 'exit 130' INT TERM
run_jobs
report
