#!/bin/bash
# The tests' own machinery: what goes wrong must not pass.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/report.sh"
. "${0%/*}/splats.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
30 panic          | a kernel panic is a failure
30 silence        | a machine that switches itself off without a verdict is a failure
30 hang           | a machine that does nothing is a failure
10 wrong_verdict  | another verdict, or text behind the right one, is a failure
30 cases_fail     | a case that fails, hangs or dies is reported as failed
10 report_whole   | a report that lacks a case of the list, or has one twice or another, is a failure
30 runner_counts  | run.sh counts, fails on a file without a verdict, and says so in its last line
10 each_splat     | of a console's log, each kind of splat is found, and nothing else
10 mutation_found | a mutation changes its lines, and is refused if they are not there exactly once
30 all_at_once    | run.sh runs files at the same time, loses no line, and says how long each took
30 unchanged      | what tests the kernel alone is left out if it has not changed lately, and only then
30 interrupted    | run.sh, told to end, ends the case that is running
"

# Judge in a subshell, because fail() exits.
must_be_refused() {
	if (judge "demo: ok"); then fail "judged to be a success"; fi
}

# PID 1 ends: the kernel panics, panic=-1 restarts the machine, -no-reboot ends QEMU with status 0.
panic() {
	directly "mode=auto rdinit=/bin/busybox -- false"
	play end
	grep -q 'Kernel panic' "$scratch/console" || fail "no panic was provoked"
	must_be_refused
	echo "demo: ok" >"$scratch/verdict"
	must_be_refused
}

silence() {
	directly "mode=auto rdinit=/bin/busybox -- poweroff -f"
	play end
	must_be_refused
}

hang() {
	directly "mode=auto rdinit=/bin/busybox -- sleep 1000000"
	if (BOUND=5 play end); then fail "played to the end"; fi
	must_be_refused
}

wrong_verdict() {
	local text
	: >"$scratch/console"
	for text in '' 'demo: FAILED: ok' 'demo: okay' ' demo: ok' $'demo: ok\ndemo: FAILED: late' $'demo: ok\n\n'; do
		printf '%s' "$text" >"$scratch/verdict"
		must_be_refused
	done
	printf 'demo: ok\r\n' >"$scratch/verdict"
	judge "demo: ok"
}

report_whole() {
	local wrong
	printf 'case call/pids: %s\n' one 'two: three' four >"$scratch/list"
	printf '%s\n' 'pass pids: one' 'FAIL pids: two: three: saw 1: not 2' 'note pids: four: a figure' 'skip pids: four: not here' \
		>"$scratch/good"
	cat "$scratch/list" "$scratch/good" >"$scratch/report"
	all_reported "$scratch/report"
	for wrong in /one/d '/one/p' 's/one/five/' '/two/d' 's/four: not/for: not/'; do
		{ cat "$scratch/list" && sed "$wrong" "$scratch/good"; } >"$scratch/report"
		if (all_reported "$scratch/report"); then fail "with $wrong it is taken for whole"; fi
	done
	if (all_reported "$scratch/good"); then fail "a report without a list is taken for whole"; fi
}

# A copy of the machinery with a file of tests of its own.
machinery() {
	mkdir -p "$scratch/tests/host" "$scratch/build/log"
	cp tests/run.sh tests/names.sh tests/times.awk "$scratch/tests"
	cp tests/host/lib.sh "$scratch/tests/host"
	{
		echo '#!/bin/bash'
		echo ". $scratch/tests/host/lib.sh"
		cat
	} >"$scratch/tests/host/$1.sh"
	chmod +x "$scratch/tests/host/$1.sh"
}

cases_fail() {
	machinery example <<-'END'
		CASES="
		5 good | good
		5 bad  | bad
		1 slow | slow
		5 dead | dead
		5 gone | gone
		"
		PATIENCE=1
		good() { :; }
		bad() { echo because; false; echo "not reached"; }
		slow() { sleep 1000; }
		dead() { kill -KILL $$; }
		main "$@"
	END
	"$scratch/tests/host/example.sh" | sed 's/;.*//; s/: [^ ]*: line [0-9]*: /: /' >"$scratch/said"
	diff - "$scratch/said" <<-'END' || fail "reported otherwise"
		pass example: good
		FAIL example: bad: because (status 1)
		FAIL example: slow: not finished after 1 seconds
		FAIL example: dead:  (status 137)
		FAIL example: gone: gone: command not found (status 127)
	END
}

# Run run.sh on an example and compare its last line and its status.
runs_to() {
	local status=0
	"$scratch/tests/run.sh" example >"$scratch/said" || status=$?
	[ "$(tail -n 1 "$scratch/said")" = "$1" ] || fail "the last line is '$(tail -n 1 "$scratch/said")', not '$1'"
	[ "$status" = "$2" ] || fail "exit status $status with '$1'"
}

runner_counts() {
	machinery example <<<'echo "pass example: one"; echo "pass example: two"'
	runs_to "2 passed, 0 failed" 0
	machinery example <<<'echo "pass example: one"; echo "FAIL example: two: why"'
	runs_to "1 passed, 1 failed" 1
	machinery example <<<'echo "nothing to say"'
	runs_to "0 passed, 1 failed" 1
	machinery example <<<'echo "pass example: one"; exit 3'
	runs_to "1 passed, 1 failed" 1
}

# In a checkout of its own: without git, then with few commits, then with many, then with a change.
unchanged() {
	local git=(git -C "$scratch" -c user.name=x -c user.email=x) n
	runs() {
		"$scratch/tests/run.sh" series-short >"$scratch/said"
		grep -q "^$1 series: " "$scratch/said" || fail "$2: no '$1': $(head -n 1 "$scratch/said")"
	}
	machinery series <<<'echo "pass series: it ran"'
	mkdir "$scratch/kernel"
	touch "$scratch/kernel/patch"
	runs pass "without git"
	"${git[@]}" init -q
	"${git[@]}" add kernel tests
	"${git[@]}" commit -q -m all
	runs pass "with one commit"
	for ((n = 0; n < 30; n++)); do "${git[@]}" commit -q --allow-empty -m "$n"; done
	runs skip "nothing changed"
	echo >"$scratch/kernel/patch"
	runs pass "changed, and not committed"
	"${git[@]}" commit -q -a -m change
	runs pass "changed lately"
}

# As many as there are processors wait for each other, which they do for ever if one is not started.
all_at_once() {
	local n files=() at_once
	at_once=$(nproc)
	for ((n = 1; n <= at_once + 1; n++)); do
		machinery "example$n" <<-END
			CASES="20 meets | meets \$area"
			meets() {
				touch $scratch/met-$n
				until [ "\$(echo $scratch/met-* | wc -w)" -ge $at_once ]; do sleep 0.05; done
			}
			after_cases() { seq -f "pass \$area: line %.0f" 2000; }
			main "\$@"
		END
		files+=("example$n")
	done
	"$scratch/tests/run.sh" "${files[@]}" >"$scratch/said" || fail "$(tail -n 3 "$scratch/said")"
	[ "$(tail -n 1 "$scratch/said")" = "$((2001 * (at_once + 1))) passed, 0 failed" ] || fail "$(tail -n 1 "$scratch/said")"
	[ "$(grep -Ec '^pass example[0-9]+: (line [0-9]+|meets example[0-9]+)$' "$scratch/said")" = $((2001 * (at_once + 1))) ] ||
		fail "lines are mixed"
	for n in "${files[@]}"; do
		grep -Eq "^ +[0-9.]+ +[0-9.]+ host/$n: meets $n\$" "$scratch/build/log/times" || fail "no time of $n"
	done
}

# Each line is to be found, wherever in the line it begins, and each pattern finds one; the clean log has what looks
# like them.
each_splat() {
	local line pattern
	while IFS= read -r pattern; do
		grep -Eq "$pattern" tests/host/splats.dirty || fail "there is no line to try $pattern on"
	done < <(splat_patterns)
	while IFS= read -r line; do
		printf '[    1.000000] %s\n' "$line" >"$scratch/log"
		[ -n "$(splats "$scratch/log")" ] || fail "not found: $line"
		printf 'pass pids: one[    1.000000] %s\n' "$line" >"$scratch/log"
		[ -n "$(splats "$scratch/log")" ] || fail "not found behind other text: $line"
	done <tests/host/splats.dirty
	splats tests/host/splats.clean >"$scratch/found"
	[ ! -s "$scratch/found" ] || fail "found in a clean log: $(head -n 1 "$scratch/found")"
	no_splats tests/host/splats.clean
	cat tests/host/splats.clean "$scratch/log" >"$scratch/both"
	if (no_splats "$scratch/both"); then fail "one at the end is overlooked"; fi
}

# In a file of these lines the mutation replaces `a' between `1' and `2'.
mutated() {
	printf '%s\n' 'file: none' ' 1' '-a' '+b' ' 2' >"$scratch/example.mutation"
	printf '%s\n' "$@" >"$scratch/source"
	awk -f tests/mutations/apply.awk "$scratch/example.mutation" "$scratch/source"
}

mutation_found() {
	[ "$(mutated 0 1 a 2 a | paste -sd' ')" = "0 1 b 2 a" ] || fail "changed otherwise"
	if mutated 0 1 a 3; then fail "lines that are not there are found"; fi
	if mutated 1 a 2 1 a 2; then fail "lines that are there twice are taken for one"; fi
	if mutated 1 a; then fail "the first of the lines are taken for all"; fi
}

# The case says through a fifo that it runs, and holds it open: the case's end is the end of the file.
interrupted() {
	local said status=0
	machinery example <<-END
		CASES="60 waits | waits"
		waits() { exec >$scratch/fifo; echo running; sleep 1000; }
		main "\$@"
	END
	mkfifo "$scratch/fifo"
	"$scratch/tests/run.sh" example &
	exec 7<"$scratch/fifo"
	read -r -u 7 said
	[ "$said" = running ] || fail "the case said '$said'"
	kill $!
	read -r -t 60 -u 7 said || status=$?
	[ "$status" = 1 ] || fail "the case still runs (read ended with status $status)"
	if wait $!; then fail "run.sh ended well"; fi
}

main "$@"
