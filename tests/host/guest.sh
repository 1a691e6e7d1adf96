#!/bin/bash
# The tests inside: boot the menu's entry for them and report what they report, once it is known to be all.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"

CASES="
600 guest_tests | all tests in the machine were run and reported
"

verdicts=build/log/guest.verdict

guest_tests() {
	local passed failed skipped
	from_cd 64
	play menu send "$(iso/menu.sh | sed -n '/^LABEL test$/,/MENU LABEL/s/.*^\(.\).*/\1/p')" end
	tr -d '\r' <"$scratch/verdict" >"$verdicts"
	passed=$(grep -c '^pass ' "$verdicts") || true
	failed=$(grep -c '^FAIL ' "$verdicts") || true
	skipped=$(grep -c '^skip ' "$verdicts") || true
	[ "$passed" -gt 0 ] || fail "no test passed"
	grep -qx "guest: $passed passed, $failed failed, $skipped skipped" "$verdicts" ||
		fail "the lines do not add up: $passed, $failed, $skipped; $(grep '^guest:' "$verdicts" || echo "no sum")"
	if [ "$failed" = 0 ]; then judge "test: ok"; else [[ "$(verdict)" == "test: FAILED: "?* ]]; fi
}

if [ "${1-}" != --case ]; then
	rm -f "$verdicts"
fi
main "$@"
if [ "${1-}" != --case ] && [ -f "$verdicts" ]; then
	grep -E '^(pass|FAIL|skip) ' "$verdicts" || true
fi
