# shellcheck shell=bash
# For every file of tests here: its cases are data, each with a name and a bound on its time.
#
# A file lists its cases with the variable CASES, one a line: SECONDS FUNCTION [ARGUMENT...] | NAME.  The function
# runs in a process of its own, in the checkout, with $scratch as an empty folder of its own; it passes by returning
# 0, and the last line that it printed says why if it did not.  The seconds are ample on a machine that does nothing
# else; it may take PATIENCE times as long, on one that does.
set -euo pipefail
export LC_ALL=C

area=$(basename "$0" .sh)
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# shellcheck disable=SC2034 # for the files that source this
iso=build/clone_with_pids.iso

PATIENCE=5

# Say why a case fails, and fail.
fail() {
	echo "$*"
	exit 1
}

# below_bar WHAT NUMBER: is it at most 3% above what bars.list says?
below_bar() {
	local bar
	bar=$(awk -v what="$1" '$1 == what { print $2 }' tests/host/bars.list)
	[ -n "$bar" ] || fail "bars.list has no $1"
	echo "$1: $2; the bar is $bar"
	[ "$2" -le $((bar * 103 / 100)) ] || fail "$1: $2 is more than 3% above $bar (tests/host/bars.list)"
}

# The kernel's source that the build has taken: the installed package's, or one that was fetched or given.
tarball_built() {
	sed 's/ [^ ]* [^ ]*$//' build/linux/.series/tarball
}

# Note how long something took, for the table at the end of a run: from $started, $worked (clock) to now.
clock() {
	local stat
	started=${EPOCHREALTIME/[.,]/}
	# What this shell's processes have used that it has waited for, in hundredths of a second.
	read -ra stat <"/proc/$$/stat"
	worked=$((stat[15] + stat[16]))
}

took() {
	local from=$1 used=$2 started worked
	clock
	echo "$(((started - from) / 1000)) $(((worked - used) * 10)) $3" >>"$root/build/log/times.lines"
}

# Make what only tests need.  As build.sh does, one build at a time in this checkout; other tests' builds are waited for.
make_outputs() {
	local started worked status=0
	exec 8<build
	flock 8
	exec 9<.
	flock -n 9 || fail "another build is running in $root"
	clock
	make -j"$(nproc)" "$@" 8<&- 9<&- || status=$?
	took "$started" "$worked" "build/${*#build/}"
	exec 8<&- 9<&-
	return "$status"
}

# Run a case by its function's name, as `FILE --case FUNCTION ARGUMENT...`.
run_one() {
	scratch=$(mktemp -d "$root/build/test.XXXXXX")
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 1' INT TERM
	"$@"
}

run_case() {
	local seconds=$((PATIENCE * $1)) name=$2 start=$SECONDS log why status=0 started worked
	shift 2
	clock
	log=build/log/test-$area-${name//[^a-zA-Z0-9]/-}.log
	# In the background: a signal for this script ends the case at once, and what it has started.
	timeout -k 5 "$seconds" "$0" --case "$@" >"$log" 2>&1 </dev/null &
	case_pid=$!
	wait "$case_pid" || status=$?
	case_pid=
	took "$started" "$worked" "host/$area: $name"
	if [ "$status" = 0 ]; then
		[ -n "${passes_silently-}" ] || echo "pass $area: $name"
		return
	fi
	if ((SECONDS - start >= seconds)); then
		why="not finished after $seconds seconds"
	else
		why="$(tail -n 1 "$log" | tr -d '\r') (status $status)"
	fi
	echo "FAIL $area: $name: $why; see $log"
}

# Call DO SECONDS NAME FUNCTION [ARGUMENT]... for each case that is wanted.
each_case() {
	local do=$1 words name
	while IFS='|' read -r words name; do
		# shellcheck disable=SC2086 # the words are seconds, function and arguments
		set -- $words
		if [ $# != 0 ] && is_wanted "${name# }" "${@:2}"; then
			"$do" "$1" "${name# }" "${@:2}"
		fi
	done <<<"$CASES"
}

# A case may be asked for by its name, by its function, or by function and arguments.
is_wanted() {
	local one
	[ "${#wanted[@]}" != 0 ] || return 0
	for one in "${wanted[@]}"; do
		case $one in
		"$1" | "$2" | "${*:2}") return 0 ;;
		esac
	done
	return 1
}

print_case() {
	printf 'host/%s: %s  [%s]\n' "$area" "$2" "${*:3}"
}

# draw N: of the names on standard input, N that the date draws; with N empty all of them.  MUTATIONS_DATE=DATE draws as on
# another day.
draw() {
	local name
	if [ -z "$1" ]; then
		sort
		return
	fi
	while read -r name; do
		echo "$(sha256sum <<<"${MUTATIONS_DATE-$(date -u +%F)} $name")$name"
	done | sort | head -n "$1" | sed 's/.* -//'
}

# A file may say what is to be done before its cases, and after all of them: functions of these names.
before_cases() { :; }
after_cases() { :; }

# Run the file's cases; called last in each file, with its arguments:
#   CASE...                        only these; none: all
#   --list                         print them, one a line, and run none
#   --case FUNCTION [ARGUMENT]...  run one here, without a bound on its time
main() {
	local started worked
	if [ "${1-}" = --case ]; then
		shift
		run_one "$@"
		return
	fi
	wanted=()
	if [ "${1-}" = --list ]; then
		each_case print_case
		return
	fi
	wanted=("$@")
	case_pid=
	trap '[ -z "$case_pid" ] || kill "$case_pid"; exit 130' INT TERM
	clock
	before_cases
	each_case run_case
	[ $# != 0 ] || after_cases
	took "$started" "$worked" "host/$area"
}
