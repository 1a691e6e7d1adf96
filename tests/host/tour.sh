#!/bin/bash
# The guided tour, played on the serial console; every screen that it shows has to fit.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
300 from_start_to_end | Enter leads from the welcome through all chapters to the end; each screen fits 80x25
240 backwards         | the chapters by digits, from the last to the first, twice, and each repeated
180 keys              | b goes back, r repeats, s opens a shell that returns, a key without meaning does nothing
120 leave             | q asks; n stays, y switches the machine off
"

KEYS='Enter: go on [^\n]*q: leave'
PROMPT='lesson:[^#]*# '

# A chapter's title, and then the keys.
chapter() {
	echo "(^|[^0-9])$1\\. [A-Z].*$KEYS"
}

# A screen starts with the escapes that clear it and ends with the line of keys, which has the last row.
screens_fit() {
	awk -v chapters="$1" '
		function judge(screen,   lines, n, i) {
			sub(/\033\[25;1H.*/, "", screen)
			gsub(/\033\[[0-9;?]*[A-Za-z]/, "", screen)
			n = split(screen, lines, "\n")
			if (lines[n] == "") n--
			if (n > 23) { print "a screen of " n " lines: " lines[1]; bad = 1 }
			for (i = 1; i <= n; i++) {
				if (length(lines[i]) > 80) { print "a line of " length(lines[i]) ": " lines[i]; bad = 1 }
				if (lines[i] ~ /[^ -~]/) { print "not ASCII: " lines[i]; bad = 1 }
			}
			if (lines[1] ~ /^[1-9]\. /) seen[substr(lines[1], 1, 1)] = 1
		}
		BEGIN { RS = "\033\\[H\033\\[2J" }
		NR > 1 && /Enter: go on/ { judge($0); screens++ }
		END {
			for (i = 1; i <= chapters; i++)
				if (!(i in seen)) { print "chapter " i " was not seen"; bad = 1 }
			print screens + 0 " screens"
			exit bad || !screens
		}' "$scratch/console" || fail "a screen is not as it has to be: $(grep -c . "$scratch/console") lines of console"
}

tour() {
	directly mode=guided
	play wait "$KEYS" "$@"
	if grep -q 'did not work' "$scratch/console"; then fail "a chapter says that it did not work"; fi
}

from_start_to_end() {
	tour walk '\r' 'The end of the tour'
	screens_fit 7
}

backwards() {
	local steps=() chapter
	for chapter in 7 6 5 4 3 2 1 7 6 5 4 3 2 1; do
		steps+=(send "$chapter" wait "$(chapter "$chapter")" send r wait "$(chapter "$chapter")")
	done
	tour "${steps[@]}"
	screens_fit 7
}

keys() {
	tour send 4 wait "$(chapter 4)" send b wait "$(chapter 3)" send r wait "$(chapter 3)" send x wait "$KEYS" \
		send '\033\[A' wait "$KEYS" send s wait "$PROMPT" send 'echo in the shell: $\(\(6*7\)\)\r' wait 'in the shell: 42' \
		wait "$PROMPT" send 'exit\r' wait "$(chapter 3)" send b wait "$(chapter 2)"
}

leave() {
	tour send q wait 'y/n' send n wait "$KEYS" send q wait 'y/n' send y end
}

main "$@"
