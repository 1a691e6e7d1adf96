#!/bin/bash
# usage: run.sh [FILE...]
#
# Run the tests of the host, which boot the machine for the guest's; ./build.sh test calls this after a build.
# FILEs are names in tests/host without .sh; `ordinary', and no name at all, stand for those that need no other kernel
# than the one that is built.  Every `pass' and `FAIL' line counts, and a file that ends without one, or badly, counts
# as failed.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/.."

# In this order.  What only compiles runs beside the others, and gives way to them.
files=()
beside=()
[ $# != 0 ] || set -- ordinary
for file; do
	case $file in
	ordinary)
		files+=(lint outputs harness failures environment source boot tour guest glibc)
		beside=(reproducible)
		;;
	*) files+=("$file") ;;
	esac
done

# Judge what a file's lines came to; its exit status is $2.
ended() {
	local lines=build/log/tests-$1.lines
	if [ "$2" != 0 ] || ! grep -Eq '^(pass|FAIL) ' "$lines"; then
		echo "FAIL $1: tests/host/$1.sh ended with status $2" | tee -a "$lines"
	fi
}

# Run one file, show its lines as they come and keep them.  It runs in the background, so that an interrupt is
# handled at once.
run_file() {
	local status=0 show
	exec 5> >(tee "build/log/tests-$1.lines")
	show=$!
	tests/host/"$1".sh >&5 2>&1 5>&- &
	wait $! || status=$?
	exec 5>&-
	wait "$show"
	ended "$1" "$status"
}

mkdir -p build/log
rm -f build/log/tests-*.lines
# Each file of tests ends its own case when it is told to end.
trap 'kill $(jobs -p) 2>/dev/null || true; exec 5>&-; wait' EXIT
trap 'exit 130' INT TERM

pids=()
for file in "${beside[@]}"; do
	nice -n 19 tests/host/"$file".sh >"build/log/tests-$file.lines" 2>&1 &
	pids+=($!)
done
for file in "${files[@]}"; do
	run_file "$file"
done
for i in "${!beside[@]}"; do
	status=0
	wait "${pids[i]}" || status=$?
	cat "build/log/tests-${beside[i]}.lines"
	ended "${beside[i]}" "$status"
done

count() {
	cat build/log/tests-*.lines | grep -c "^$1 " || true
}

skipped=$(count skip)
failed=$(count FAIL)
if [ "$skipped" != 0 ] || [ "$failed" != 0 ]; then
	echo "Not passed:"
	cat build/log/tests-*.lines | grep -E '^(skip|FAIL) '
	echo "$skipped skipped"
fi
echo "$(count pass) passed, $failed failed"
[ "$failed" = 0 ]
