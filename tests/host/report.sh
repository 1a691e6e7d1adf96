# shellcheck shell=bash
# For the tests that boot a machine whose guest-tests report: is the report whole?  Sourced after lib.sh and qemu.sh.

# Keep the guest's report in a file and fail unless it adds up, and the verdict says what its lines say.
keep_report() {
	local report=$1 passed failed skipped
	# shellcheck disable=SC2154 # scratch is lib.sh's
	tr -d '\r' <"$scratch/verdict" >"$report"
	passed=$(grep -c '^pass ' "$report") || true
	failed=$(grep -c '^FAIL ' "$report") || true
	skipped=$(grep -c '^skip ' "$report") || true
	[ "$passed" -gt 0 ] || fail "no test passed"
	grep -qx "guest: $passed passed, $failed failed, $skipped skipped" "$report" ||
		fail "the lines do not add up: $passed, $failed, $skipped; $(grep '^guest:' "$report" || echo "no sum")"
	if [ "$failed" = 0 ]; then judge "test: ok"; else [[ "$(verdict)" == "test: FAILED: "?* ]]; fi
}

# Print the report's lines, to be counted: keep_report's file, and what stands before each name.
show_report() {
	if [ -f "$1" ]; then
		sed -En "s/^(pass|FAIL|skip) /&$2/p" "$1"
	fi
}
