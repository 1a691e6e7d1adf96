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

# The kernel's source that the build has taken: the installed package's, or one that was fetched or given.
tarball_built() {
	sed 's/ [^ ]* [^ ]*$//' build/linux/.series/tarball
}

# Make what only tests need.  As build.sh does, one build at a time in this checkout.
make_outputs() {
	exec 9<.
	flock -n 9 || fail "another build is running in $root"
	make -j"$(nproc)" "$@" 9<&-
	exec 9<&-
}

# Run a case by its function's name, as `FILE --case FUNCTION ARGUMENT...`.
run_one() {
	scratch=$(mktemp -d "$root/build/test.XXXXXX")
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 1' INT TERM
	"$@"
}

run_case() {
	local seconds=$((PATIENCE * $1)) name=$2 start=$SECONDS log why status=0
	shift 2
	log=build/log/test-$area-${name//[^a-zA-Z0-9]/-}.log
	# In the background: a signal for this script ends the case at once, and what it has started.
	timeout -k 5 "$seconds" "$0" --case "$@" >"$log" 2>&1 </dev/null &
	case_pid=$!
	wait "$case_pid" || status=$?
	case_pid=
	if [ "$status" = 0 ]; then
		echo "pass $area: $name"
		return
	fi
	if ((SECONDS - start >= seconds)); then
		why="not finished after $seconds seconds"
	else
		why="$(tail -n 1 "$log" | tr -d '\r') (status $status)"
	fi
	echo "FAIL $area: $name: $why; see $log"
}

# Run the file's cases; called last in each file, with its arguments.
main() {
	local words name
	if [ "${1-}" = --case ]; then
		shift
		run_one "$@"
		return
	fi
	case_pid=
	trap '[ -z "$case_pid" ] || kill "$case_pid"; exit 130' INT TERM
	while IFS='|' read -r words name; do
		# shellcheck disable=SC2086 # the words are seconds, function and arguments
		set -- $words
		[ $# = 0 ] || run_case "$1" "${name# }" "${@:2}"
	done <<<"$CASES"
}
