#!/bin/bash
# The guided tour, played on the serial console; every screen that it shows has to fit.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
300 from_start_to_end | Enter leads from the welcome through all chapters to the end; each screen fits 80x25
240 backwards         | the chapters by digits, from the last to the first, twice, and each repeated
120 alive             | in the shell at a screen the tree that it shows is alive; at the next chapter it is gone
120 another_image     | an image that is not the lesson's: the chapter says that it did not work, and works when it is repeated
120 recipe            | the counter in the shell's help, typed as it is printed: it stops at the checkpoint and counts on after the restart
180 keys              | B goes a chapter back, r repeats, s opens a shell that returns, a key without meaning is named
120 late_answer       | what the terminal answers to the shell's prompt too late is no key
120 back              | b goes back a screen at a time, across chapters, and Enter on again to where it was
240 predictions       | an answer is marked, another replaces it; the tour tells which came, and at the end how many were right; each screen fits
120 unpredicted       | the answers' keys have no meaning where nothing is asked; Enter alone leads past a question
240 feed              | the feed gets question, choices, answer, what came and signals; Ctrl-L shows the screen and sends its events again
120 leave             | q asks; n stays, y switches the machine off
"

KEYS='Enter: go on [^\n]*q: leave'
ALL_EQUAL=' ([0-9]+) of \1 pids equal'
PROMPT='lesson:[^#]*# '

# A chapter's title, and then the keys.
chapter() {
	echo "(^|[^0-9])$1\\. [A-Z].*$KEYS"
}

# How many chapters there are, as the first screen lists them.
chapters() {
	directly mode=guided
	play wait "$KEYS"
	grep -cE '^ +[1-9]  [A-Z]' "$scratch/console"
}

# A screen starts with the escapes that clear it and ends where the cursor is first moved: to mark an answer, or to the line
# of keys, which has the last row.  All chapters must
# have been seen, or those that are given.
screens_fit() {
	awk -v given="$*" '
		function judge(screen,   lines, n, i) {
			sub(/\033\[[0-9]+;1H.*/, "", screen)
			gsub(/\033\[[0-9;?]*[A-Za-z]/, "", screen)
			n = split(screen, lines, "\n")
			if (lines[n] == "") n--
			if (n > 23) { print "a screen of " n " lines: " lines[1]; bad = 1 }
			for (i = 1; i <= n; i++) {
				if (length(lines[i]) > 80) { print "a line of " length(lines[i]) ": " lines[i]; bad = 1 }
				if (lines[i] ~ /[^ -~]/) { print "not ASCII: " lines[i]; bad = 1 }
			}
			if (!screens)
				for (i = 1; i <= length(lines); i++)
					if (lines[i] ~ /^ +[1-9]  [A-Z]/) chapters++
			if (lines[1] ~ /^[1-9]\. /) seen[substr(lines[1], 1, 1)] = 1
		}
		BEGIN { RS = "\033\\[H\033\\[2J" }
		NR > 1 && /Enter: go on/ { judge($0); screens++ }
		END {
			for (i = 1; i <= chapters; i++)
				if (!(i in seen) && (given == "" || index(given, i))) { print "chapter " i " was not seen"; bad = 1 }
			print screens + 0 " screens"
			exit bad || !screens || !chapters
		}' "$scratch/console" || fail "a screen is not as it has to be: $(grep -c . "$scratch/console") lines of console"
}

tour() {
	directly mode=guided
	play wait "$KEYS" "$@"
	if grep -A 5 'did not work' "$scratch/console"; then fail "a chapter says that it did not work"; fi
}

from_start_to_end() {
	tour walk '\r' 'The end of the tour'
	screens_fit
}

backwards() {
	local steps=() last chapter
	last=$(chapters)
	[ "$last" -gt 1 ] || fail "the first screen lists no chapters"
	for chapter in $(seq "$last" -1 1) $(seq "$last" -1 1); do
		steps+=(send "$chapter" wait "$(chapter "$chapter")" send r wait "$(chapter "$chapter")")
	done
	tour "${steps[@]}"
	screens_fit
}

keys() {
	tour send 4 wait "$(chapter 4)" send B wait "$(chapter 3)" send r wait "$(chapter 3)" send k wait "No .k'!  $KEYS" \
		send '\033\[A' wait "No .\?'!  $KEYS" send s wait "$PROMPT" send 'echo in the shell: $\(\(6*7\)\)\r' wait 'in the shell: 42' \
		wait "$PROMPT" send 'exit\r' wait "$(chapter 3)" send B wait "$(chapter 2)"
}

# The place of the cursor, as a terminal sends it: while the shell ends, after it, and in two parts.
late_answer() {
	local key steps=()
	for key in '\033OP' '\033\[\[A' '\033\[15~' '\033'; do
		steps+=(send "$key" wait "No .\?'!  $KEYS")
	done
	tour send s wait "$PROMPT" send 'exit\r\033\[5;10R' wait "$KEYS" send '\033\[5;10R' send '\033\[' send '5;10R' \
		send 1 wait "$(chapter 1)" "${steps[@]}" send 2 wait "$(chapter 2)"
	if sed '/1\. [A-Z]/,$d' "$scratch/console" | grep "No .*'!"; then fail "it was taken for a key"; fi
	if grep "No .[^?]'!" "$scratch/console"; then fail "a part of a key was taken for one"; fi
}

# The first screen has none before it.
back() {
	local welcome='Programs remember each other'
	tour send b wait "No .b'!  $KEYS" send 7 wait "$(chapter 7)" send '\r' wait "every error.*$KEYS" \
		send b wait "7. What the kernel refuses\r.*$KEYS" send b wait "$welcome.*$KEYS" send b wait "No .b'!  $KEYS" \
		send '\r' wait "7. What the kernel refuses\r.*$KEYS" send '\r' wait "every error.*$KEYS" \
		send '\r' wait "the story of.*$KEYS" send b wait "every error.*$KEYS" send B wait "$(chapter 6)"
}

# Steps for lines that are typed in the shell; there is no backslash in them.
in_shell() {
	local line
	for line; do
		steps+=(wait "$PROMPT" send "$line"'\r')
	done
}

alive() {
	local steps=(send 4 wait "$(chapter 4)" send '\r' wait "$ALL_EQUAL" wait "$KEYS" send s)
	# shellcheck disable=SC2016 # the shell in the machine expands this
	in_shell 'echo there: $(pidof leaf counter | wc -w)' 'exit'
	steps+=(wait "$KEYS" send 1 wait "$(chapter 1)" send s)
	# shellcheck disable=SC2016
	in_shell 'echo there: $(pidof leaf counter | wc -w)'
	tour "${steps[@]}" wait "$PROMPT"
	[ "$(grep -o '^there: [0-9]*' "$scratch/console" | tr '\n' ' ')" = "there: 2 there: 0 " ] ||
		fail "the tree was not alive at its screen, or not dead after it"
}

another_image() {
	local steps=(send 4 wait "$(chapter 4)" send s)
	in_shell 'echo nothing >/tmp/lesson.img' 'exit'
	steps+=(wait "$KEYS" send '\r' wait "did not work.*restart.*$KEYS" send r wait "$(chapter 4)" send '\r'
		wait "$ALL_EQUAL" wait "$KEYS")
	directly mode=guided
	play wait "$KEYS" "${steps[@]}"
}

# The numbers that the counter has written, as `tail' prints them in the end: none is missing, none is there twice.
recipe() {
	local steps=() line lines
	mapfile -t lines < <(sed -n '/^A counter/,/^Try/{s/^  //p}' initramfs/files/help | sed 's/   .*//')
	[ "${#lines[@]}" = 6 ] || fail "the recipe has ${#lines[@]} lines"
	for line in "${lines[@]:0:5}"; do
		# shellcheck disable=SC2016 # the shell in the machine expands this
		in_shell "$line" 'echo at $(tail -n 1 /tmp/n)' 'sleep 3'
	done
	directly mode=shell
	play "${steps[@]}" wait "$PROMPT" send "${lines[5]}"'\r' wait '\n20\r' send '\003' wait "$PROMPT"
	awk '
		/# / { tails = 0 }
		/# [^ ]*tail / { part++; tails = 1 }
		/# [^ ]*checkpoint / { recorded = 1 }
		/^at [0-9]/ && recorded && !stopped { stopped = $2 }
		/^[0-9]+$/ && tails { if (part in at && $0 != at[part] + 1) bad = 1; at[part] = $0 }
		END { exit !(at[1] && at[2] == stopped && at[3] > stopped && !bad) }
	' "$scratch/console" || fail "the counter did not stop, or lost or repeated a number"
}

# Wrong in chapter 3, right in 4 after another choice, wrong in 5, right in 6.
predictions() {
	local marked="<- your prediction.*$KEYS" last
	last=$(chapters)
	tour send 3 wait "$(chapter 3)" send x wait "> x[^\n]*$marked" send '\r' wait "the table.*$KEYS" \
		send '\r' wait "You predicted x; what came is z: [^\n]*\n.*$KEYS" \
		send 4 wait "$(chapter 4)" send X wait "> x[^\n]*$marked" send z wait "  x [^>]*> z[^\n]*$marked" \
		send '\r' wait "You predicted z, and that came: 29: all of them.*$KEYS" \
		send 5 wait "$(chapter 5)" send z wait "$marked" send '\r' wait "You predicted z; what came is y: .*$KEYS" \
		send 6 wait "$(chapter 6)" send '\r' wait "one number.*$KEYS" send '\r' wait "whose signals.*$KEYS" send y wait "$marked" \
		send s wait "$PROMPT" send 'exit\r' wait "$marked" send '\r' wait "restarted with.*$KEYS" \
		send '\r' wait "You predicted y, and that came: those of run-middle and run-inner.*$KEYS" \
		send "$last" wait "$(chapter "$last")" walk '\r' 'You made 4 predictions; 2 came true'
	screens_fit 3 4 5 6 "$last"
}

unpredicted() {
	tour send x wait "No .x'!  $KEYS" send 4 wait "$(chapter 4)" send '\r' wait "$ALL_EQUAL" wait "New tasks, new namespaces.*$KEYS" \
		send y wait "No .y'!  $KEYS" send b wait "how many of the.*$KEYS" send y wait "No .y'!  $KEYS" walk '\r' 'The end of the tour'
	if grep -E 'You (predicted|made)' "$scratch/console"; then fail "nobody has predicted anything"; fi
}

# Its lines are where else the verdict is.
feed() {
	local line
	directly 'mode=guided feed=ttyS1'
	play wait "$KEYS" send 3 wait "$(chapter 3)" send x wait "<- your prediction" send '\r' wait "the table.*$KEYS" \
		send '\r' wait "You predicted x.*$KEYS" send '\014' wait "3. Restart without pids: where the signals went.*You predicted x.*$KEYS"
	for line in '"event":"question","chapter":3,"text":"what happens to .*","choices":\["all [^"]*","none [^"]*","some [^"]*"\],"keys":"xyz"' \
		'"event":"answer","chapter":3,"choice":0' '"event":"reveal","chapter":3,"choice":2' \
		'"event":"signal","signal":"USR1","from":[0-9]*,"pid":[0-9]*,"to":[1-9][0-9]*,"holder":"counter","meant":"run-middle"' \
		'"event":"signal","signal":"USR1","from":[0-9]*,"pid":[0-9]*,"to":0,"holder":"","meant":"helper"'; do
		[ "$(grep -cE "^\{\"v\":1,\"ms\":[0-9]+,$line\}.?$" "$scratch/verdict")" = 2 ] || fail "the feed has not told twice: $line"
	done
}

leave() {
	tour send q wait 'y/n' send n wait "$KEYS" send q wait 'y/n' send y end
}

main "$@"
