#!/bin/bash
# usage: run.sh [FILE...]
#
# Run the tests of the host, which boot the machine for the guest's; ./build.sh test calls this after a build.
# FILEs are names in tests/host without .sh; without any, all are run.  Every `pass' and `FAIL' line counts, and a
# file that ends without one, or badly, counts as failed.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/.."

# In this order.  What only compiles runs beside the others.
files=(lint outputs harness failures boot tour guest)
beside=(reproducible)
[ $# = 0 ] || files=("$@") beside=()

# The lines of one file, kept in a log and shown as they come.
run_file() {
	local lines=build/log/tests-$1.lines status
	tests/host/"$1".sh 2>&1 | tee "$lines"
	status=${PIPESTATUS[0]}
	if [ "$status" != 0 ] || ! grep -Eq '^(pass|FAIL) ' "$lines"; then
		echo "FAIL $1: tests/host/$1.sh ended with status $status" | tee -a "$lines"
	fi
}

mkdir -p build/log
rm -f build/log/tests-*.lines
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
trap 'exit 1' INT TERM

set +e
for file in "${beside[@]}"; do
	run_file "$file" &
done
for file in "${files[@]}"; do
	run_file "$file"
done
wait
set -e

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
