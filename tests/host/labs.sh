#!/bin/bash
# The labs in the shell: each is done in the machine by its solution, by wrong solutions and by none, as students do it.
# tests/labs/run does that, and tests/labs/bad what is typed wrongly; here is who boots the machine and who types.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"

# A case for each lab, of a boot that they have in common.
lab_cases() {
	local folder
	for folder in labs/shell/[0-9]*; do
		printf '10 one_lab %s | %s: the empty answer and each wrong one are found out, the solution passes\n' \
			"${folder##*/}" "${folder##*/}"
	done
}

CASES="
400 all_labs   | all labs are done in each way, and leave no task and no file behind
$(lab_cases)
200 slow_clock | the same with a clock that goes 64 times as fast: right and wrong answers of each lab
300 busy       | the same on a machine whose processor is taken by others
10  whole      | a lab has all its files, its text fits the screen, and a wrong solution names its message
120 bad_input  | what is unknown, damaged, in the way or too much gets a clear sentence
120 typed      | typed at the serial line: labs, hints, a shell in the shell, the end; export and report
120 handed_in  | what was exported is imported on a fresh machine, and replayed there
120 the_end    | all labs are replayed from one file; whoever has done them all is told so
"

console=build/log/labs.console
PROMPT='lesson:[^#]*# '

# An archive with the wrong solutions and a script: the rest of the labs is in the shipped one.
with_script() {
	mkdir -p "$scratch/files/labs" "$scratch/files/tests/labs"
	cp -r labs/shell/[0-9]* "$scratch/files/labs"
	cp tests/labs/* "$scratch/files/tests/labs"
	printf '#!/bin/sh\n%s\n' "$1" >"$scratch/files/script"
	chmod -R go-w "$scratch/files"
	chmod +x "$scratch/files/script"
	archive_with "$scratch/files"
	directly "mode=test demo=/script limit=3000"
}

# In the console, a line for each way that labs have, and all of them right.
all_right() {
	local name way
	if grep '^way .*: ' "$1" | grep -v ': right$'; then fail "these are not as they have to be"; fi
	while read -r name way; do
		grep -qx "way $name $way: right" "$1" || fail "$name has not been done in the way: $way"
	done
}

ways_of() {
	local folder file
	for folder; do
		printf '%s %s\n' "${folder##*/}" empty "${folder##*/}" commented "${folder##*/}" solution
		for file in "$folder"/wrong/*; do printf '%s wrong/%s\n' "${folder##*/}" "${file##*/}"; done
	done
}

all_labs() {
	with_script "/tests/labs/run"
	count_instructions
	BOUND=1800 play end
	cp "$scratch/console" $console
	judge "test: ok"
	all_right $console < <(ways_of labs/shell/[0-9]*)
}

# For a case that is run alone.
one_lab() {
	[ -e $console ] || all_labs
	grep "^way $1 " $console >"$scratch/ways" || fail "nothing was done"
	all_right "$scratch/ways" < <(ways_of "labs/shell/$1")
}

# Of each lab the solution, the empty answer and the first of the wrong ones.
sample_right() {
	local folder wrong=()
	judge "test: ok"
	all_right "$scratch/console" < <(for folder in labs/shell/[0-9]*; do
		wrong=("$folder"/wrong/*)
		printf '%s %s\n' "${folder##*/}" empty "${folder##*/}" solution "${folder##*/}" "wrong/${wrong[0]##*/}"
	done)
}

slow_clock() {
	with_script "SAMPLE=1 exec /tests/labs/run"
	qemu+=(-icount "shift=6,sleep=off")
	BOUND=1000 play end
	sample_right
}

# Two that never rest.
busy() {
	with_script 'for n in 1 2; do sh -c "while :; do :; done" & done
SAMPLE=1 exec /tests/labs/run'
	count_instructions
	BOUND=1500 play end
	sample_right
}

whole() {
	local folder file
	for folder in labs/shell/[0-9]*; do
		for file in task learned setup check hints solution; do
			[ -s "$folder/$file" ] || fail "$folder has no $file"
		done
		grep -Eqx '[1-9][0-9]?' <(sed -n 2p "$folder/task") || fail "$folder/task: its second line is not its minutes"
		grep -Eqx '.{1,63}' <(head -n 1 "$folder/task") || fail "$folder/task: its title is too long for the list"
		[ "$(wc -l <"$folder/task")" -le 20 ] || fail "$folder/task: with what is around it, it has more than 24 rows"
		if grep -nE '.{80}' "$folder"/{task,hints}; then fail "$folder: lines of more than 79 columns"; fi
		if LC_ALL=C grep -nP '[^\x20-\x7e\t]' "$folder"/{task,hints,learned,check}; then fail "$folder: not ASCII"; fi
		for file in "$folder"/wrong/*; do
			grep -Eq '^# .+' <(head -n 1 "$file") || fail "$file: its first line does not say what the check must say"
			[ "$(wc -l <"$file")" -gt 1 ] || fail "$file does nothing"
		done
	done
}

bad_input() {
	with_script "exec /tests/labs/bad"
	count_instructions
	BOUND=600 play end
	judge "test: ok"
	if grep '^bad .*' "$scratch/console" | grep -v ': right$'; then fail "not as it has to be"; fi
	[ "$(grep -c '^bad .*: right$' "$scratch/console")" = "$(grep -c "^bad '" tests/labs/bad)" ] || fail "some are missing"
}

# What is typed in a shell in the shell is recorded, too.
# shellcheck disable=SC2016 # it is for the machine's shell
typed() {
	directly mode=shell
	count_instructions
	play wait "$PROMPT" send 'lab\r' wait 'Who am I' wait "$PROMPT" \
		send 'lab check\r' wait 'no lab has been begun' wait "$PROMPT" \
		send 'lab 1\r' wait 'lab check: am I done' wait "$PROMPT" \
		send 'lab check\r' wait 'Why it matters' wait "$PROMPT" \
		send 'lab hint\r' wait 'Hint 1 of 3' wait "$PROMPT" send 'lab hint\r' wait 'Hint 2 of 3' wait "$PROMPT" \
		send 'cwp -n cwp -n ./me &\r' wait "$PROMPT" send 'until pidof me; do :\r' wait '> ' send 'done\r' wait "$PROMPT" \
		send 'sh\r' wait "$PROMPT" send 'grep NSpid /proc/$(pidof me)/status | cut -f 2- >answer\r' wait "$PROMPT" \
		send 'exit\r' wait "$PROMPT" send 'lab check\r' wait 'Lab 1 is passed' wait "$PROMPT" \
		send 'lab 2\r' wait 'hive.log' wait "$PROMPT" \
		send 'sh\r' wait "$PROMPT" \
		send "kill -9 \$(pidtable -u \$(pidof hive) | awk '\$1 == \"worker\" && \$3 == 7 { print \$2 }')\r" wait "$PROMPT" \
		send 'lab check\r' wait 'Lab 2 is passed' wait "$PROMPT" send 'lab reset\r' wait 'leave it first' wait "$PROMPT" \
		send 'exit\r' wait "$PROMPT" send 'lab reset\r' wait 'Ended, with' wait "$PROMPT" \
		send 'pidtable -u -c none; lab\r' wait ' \* +2 ' wait "$PROMPT" \
		send 'lab report\r' wait '2 of [0-9]+ labs are done' wait "$PROMPT" \
		send 'lab export -\r' wait 'sum [0-9a-f]+' wait "$PROMPT" send 'poweroff\r' end
	sed -n '/^labs of the clone_with_pids image, version 1$/,/^sum /p' "$scratch/console" >build/log/labs.exported
	sed '$d' build/log/labs.exported | diff /dev/fd/3 - 3<<-'END' || fail "the commands are not those that were typed"
		labs of the clone_with_pids image, version 1
		lab 01-who-am-i
		> cwp -n cwp -n ./me &
		> until pidof me; do :
		> done
		> sh
		> grep NSpid /proc/$(pidof me)/status | cut -f 2- >answer
		> exit
		lab 02-another-number
		> sh
		> kill -9 $(pidtable -u $(pidof hive) | awk '$1 == "worker" && $3 == 7 { print $2 }')
	END
}

# The file of the case before, on a machine that knows nothing of it.
handed_in() {
	[ -e build/log/labs.exported ] || typed
	mkdir -p "$scratch/files"
	cp build/log/labs.exported "$scratch/files/handed-in"
	archive_with "$scratch/files"
	directly mode=shell
	count_instructions
	play wait "$PROMPT" send 'lab replay /handed-in\r' \
		wait 'replay: 2 of 2 labs in the file are passed again' wait "$PROMPT" send 'lab\r' wait '\n +1 +5 ' wait "$PROMPT" \
		send 'lab import /handed-in\r' wait 'Imported: 2 that were not done here, of 2' wait "$PROMPT" \
		send 'lab\r' wait ' \* +1 ' wait "$PROMPT" send 'poweroff\r' end
	for name in 01-who-am-i 02-another-number; do
		grep -qx "replay: $name: passed" "$scratch/console" || fail "$name is not passed again"
	done
}

# A file as `lab export' writes it, of all solutions.
all_solutions() {
	local folder
	echo 'labs of the clone_with_pids image, version 1'
	for folder in labs/shell/[0-9]*; do
		echo "lab ${folder##*/}"
		sed 's/^/> /' "$folder/solution"
	done
}

the_end() {
	local of all=(labs/shell/[0-9]*)
	of=${#all[@]}
	mkdir -p "$scratch/files"
	all_solutions >"$scratch/text"
	{ cat "$scratch/text" && echo "sum $(sha256sum <"$scratch/text" | cut -d' ' -f1)"; } >"$scratch/files/handed-in"
	archive_with "$scratch/files"
	directly mode=shell
	count_instructions
	play wait "$PROMPT" send 'lab replay /handed-in\r' wait "replay: $of of $of labs in the file are passed again" \
		wait "$PROMPT" send 'lab import /handed-in\r' wait "Imported: $of that" wait "$PROMPT" \
		send 'lab 4\r' wait 'am I done' wait "$PROMPT" send 'cwp -p 4242 sleep 1000 &\r' wait "$PROMPT" \
		send 'lab check\r' wait "That was the last one: all $of labs are done" wait 'What comes next' wait "$PROMPT" \
		send 'lab report\r' wait "$of of $of labs are done" wait "$PROMPT" send 'poweroff\r' end
	sed -n '/^{"image"/,/^]/p' "$scratch/console" >"$scratch/report"
	perl -MJSON::PP -0777 -ne 'my $r = decode_json($_); print "$r->{done} ", scalar grep { $_->{done} } @{$r->{labs}}' \
		"$scratch/report" >"$scratch/counted" || fail "the report is not JSON"
	[ "$(<"$scratch/counted")" = "$of $of" ] || fail "the report counts $(<"$scratch/counted")"
}

main "$@"
