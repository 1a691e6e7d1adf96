#!/bin/bash
# The tests inside: boot the machine for them and report what they report, once it is known to be all.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/report.sh"

CASES="
1500 guest_tests | all tests in the machine were run and reported
"

report=build/log/guest.verdict

guest_tests() {
	directly mode=test
	count_instructions
	BOUND=7200 play end
	keep_report "$report"
}

if [ "${1-}" != --case ]; then
	rm -f "$report"
fi
main "$@"
if [ "${1-}" != --case ]; then
	show_report "$report" ""
fi
