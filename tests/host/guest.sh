#!/bin/bash
# The tests inside: boot the machine for them and report what they report, once it is known to be all.
# SHARD=K/N in the environment has this machine run its share of the cases.  GUEST_NAMES, one a line, names suites and
# cases, and only they are run.  guest-short.sh is this file with effort=--quick.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/report.sh"

share=${SHARD:-1/1}
if [ -n "${GUEST_NAMES-}" ]; then
	mapfile -t names <<<"$GUEST_NAMES"
else
	names=("--shard=$share")
fi

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
1500 guest_tests | all tests in the machine were run and reported${SHARD:+, share $SHARD}
"

report=build/log/$area-${share%/*}.verdict

guest_tests() {
	local arguments why
	# As the machine's shell reads them.
	arguments=$(printf ' %q' ${effort:+"$effort"} "${names[@]}")
	mkdir -p "$scratch/files/tests"
	cat >"$scratch/files/tests/script" <<-END
		#!/bin/sh
		/tests/guest-tests --list$arguments | sed 's/^/case /' >&3
		exec /tests/guest-tests$arguments
	END
	chmod +x "$scratch/files/tests/script"
	archive_with "$scratch/files"
	directly "mode=test demo=/tests/script"
	count_instructions
	BOUND=7200 with_times play end
	why=$(grep -m 1 '^guest-tests: ' "$scratch/console") || true
	[ -z "$why" ] || grep -q '^guest: ' "$scratch/verdict" || fail "$why; \`./build.sh test --debug' has another kernel"
	keep_report "$report"
	all_reported "$report"
}

before_cases() {
	rm -f "$report"
}

after_cases() {
	show_report "$report" ""
}

# Of tests that were named, only they count.
# shellcheck disable=SC2034 # lib.sh reads it
[ -z "${GUEST_NAMES-}" ] || passes_silently=1
main "$@"
