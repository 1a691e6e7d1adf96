#!/bin/bash
# Boot the image in each way that a person can, on the serial console.  boot-short.sh is this file with short=1: most
# measurements are left out.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/copy.sh"
. tests/names.sh

bench="600 bench | mode=bench measures everything and ends in its verdict"
[ -z "${short-}" ] || bench="60 bench_some | mode=bench ends in its verdict"

CASES="
90  entry_by_timeout                 | the menu starts the guided tour by itself
90  entry_guided                     | the menu's entry guided, by its number
90  entry_shell_by_arrows            | the menu's entry shell, by arrow keys and Enter
120 entry_shell_by_number            | the menu's entry shell, by its number: the prompt, help and poweroff
120 entry_tests                      | the menu's entry test, by its number: the tests begin, and their lines come
120 whole_archive                    | mode=test from the kernel and build/initramfs.cpio.gz: the tests begin
120 from_a_stick                     | the ISO written to a disk boots, too
240 auto_small                       | mode=auto from the ISO with 32 MB: the verdict
10  auto_tables                      | mode=auto: the pids after the restart are those before the checkpoint
10  auto_deeper                      | mode=auto: one namespace deeper, the pids are the same, one column to the right
10  auto_youngest                    | mode=auto: with the youngest pids only, the last column is right and others are not
10  auto_steps                       | mode=auto: the application counts on, and its signals fail only without its pids
10  auto_shell                       | mode=auto: the shell finds its child after the restart, and not without pids
120 fork_bomb                        | a fork bomb by root leaves the shell alive, and Ctrl-C five times ends it
60  power_stays                      | without APM and ACPI, PID 1 says who is to switch the machine off
60  power_in_container               | poweroff, reboot and halt in a container say that they are not permitted
60  unsaved_text                     | vi with text that is not saved is checkpointed, and goes on by restart --foreground
60  killed_shell                     | a shell that is killed is replaced by another
60  run_by_a_person                  | ./build.sh run: it says how to leave QEMU, and Ctrl-A X leaves
60  run_by_a_person --kernel         | ./build.sh run --kernel: the tour without the menu, and Ctrl-A X leaves
20  run_with_gdb                     | ./build.sh run --gdb: QEMU gets the kernel with debug information, and listens for gdb
240 run_auto                         | ./build.sh run --auto: the verdict is its exit status
240 auto_old_cpu                     | mode=auto on a processor without SSE2, without the ISO
$bench
60  boot_below_bar                   | a boot takes as few instructions to PID 1 as it did
60  applets                          | every applet of busybox is in /bin, for the shell and for other programs
60  demo_that crash                  | a demonstration that crashes ends in FAILED and power off
60  demo_that fail                   | a demonstration that exits with an error ends in FAILED and power off
60  demo_that hang                   | a demonstration that hangs ends in FAILED and power off
60  demo_that is-missing             | a demonstration that is not there ends in FAILED and power off
"

auto=build/log/auto-small.console
KEYS='Enter: go on .*q: leave'
PROMPT='lesson:[^#]*# '
DOWN='\033\[B'

# One area, which takes seconds.
bench_some() {
	mkdir -p "$scratch/files/tests"
	printf '#!/bin/sh\nexec /tests/guest-bench refusals\n' >"$scratch/files/tests/script"
	chmod +x "$scratch/files/tests/script"
	archive_with "$scratch/files"
	directly "mode=bench demo=/tests/script"
	count_instructions
	play end
	judge "bench: ok"
	grep -q '^bench: refusals: .*: [0-9]' "$scratch/verdict" || fail "nothing was measured"
}

bench() {
	archive_with
	directly mode=bench -m 896
	count_instructions
	BOUND=2800 play end
	judge "bench: ok"
	i386_program build/tests/bench/guest-bench --list >"$scratch/areas"
	[ -s "$scratch/areas" ] || fail "there are no areas"
	while read -r area; do
		grep -q "^bench: $area: .*: [0-9]" "$scratch/verdict" || fail "nothing was measured of $area"
	done <"$scratch/areas"
	# The tables compare each number with others: they cannot be made if one is missing.
	awk -f tests/bench/tables.awk "$scratch/verdict" >"$scratch/tables" || fail "no tables can be made"
	if grep -E '(^|[ (-])(nan|inf)([ )]|$)| \(\)| 0\.000| \| 0 ' "$scratch/tables"; then fail "one that they compare is missing"; fi
	grep -q '^| per MiB more ' "$scratch/tables" || fail "the tables do not come to their end"
}

# A number on the menu, from the entry's name.
number() {
	iso/menu.sh | sed -n "/^LABEL $1\$/,/MENU LABEL/s/.*^\(.\).*/\1/p"
}

entry_by_timeout() {
	from_cd 64
	play menu wait "$KEYS"
	grep -q 'mode=guided' <<<"$(iso/menu.sh)" || fail "no mode=guided in the menu"
}

entry_guided() {
	from_cd 64
	play menu send "$(number guided)" wait "$KEYS"
}

entry_shell_by_arrows() {
	from_cd 64
	play menu send "$DOWN" wait 'tour without stops' send "$DOWN" wait 'A shell' send '\r' wait "$PROMPT"
}

entry_shell_by_number() {
	from_cd 64
	play menu send "$(number shell)" wait "$PROMPT" send 'help\r' wait pidtable wait "$PROMPT" \
		send 'cat /proc/cmdline\r' wait 'mode=shell' wait "$PROMPT" send 'poweroff\r' end
}

# guest.sh runs them all.
entry_tests() {
	from_cd 64
	play menu send "$(number test)" wait 'pass harness: ' wait 'pass arguments: '
}

from_a_stick() {
	from_disk
	play menu send "$(number shell)" wait "$PROMPT" send 'poweroff\r' end
}

# Its console is kept for the next cases.
whole_archive() {
	archive=build/initramfs.cpio.gz
	directly mode=test
	play wait 'pass harness: ' wait 'pass arguments: '
}

auto_small() {
	from_cd 32
	play menu send "$(number auto)" end
	cp "$scratch/console" $auto
	judge "demo: ok"
	grep -qx 'demo: ok' "$scratch/console" || fail "the verdict is not on the console"
}

# For a case that is run alone.
have_auto() {
	[ -e $auto ] || auto_small
}

# The rows of a table, up to the empty line.
table() {
	sed -n "/^pid table: $1\$/,/^\$/p" $auto | sed '1d;/^$/,$d' | sed '1d'
}

# The verdict of the tour itself is one thing; here its two tables are compared by another program.
auto_tables() {
	local before after
	have_auto
	before=$(table "before checkpoint")
	after=$(table "after restart")
	echo "$before"
	[ "$(wc -l <<<"$before")" -ge 6 ] || fail "fewer than six tasks before the checkpoint"
	grep -Eq '^.*( +[0-9]+){3,} *$' <<<"$before" || fail "no task with three pids before the checkpoint"
	[ "$before" = "$after" ] || fail "the tables differ: $(diff <(echo "$before") <(echo "$after") | tr '\n' ' ')"
}

# The pids of a table's rows, by name; a level at which a task is not visible has none.
pids() {
	table "$1" | awk -v columns="$2" '{ line = $1; for (i = 2; i <= columns + 1; i++) if ($i != "-") line = line " " $i; print line }'
}

auto_deeper() {
	local before deeper
	have_auto
	before=$(pids "before checkpoint" 4)
	# Without the container's init, which stands first, and without the machine's level.
	deeper=$(pids "after restart, one namespace deeper" 5 | sed '1d; s/ [0-9]*//')
	[ "$(wc -l <<<"$before")" -ge 6 ] || fail "fewer than six tasks before the checkpoint"
	[ "$before" = "$deeper" ] || fail "the pids differ: $(diff <(echo "$before") <(echo "$deeper") | tr '\n' ' ')"
}

# The screens of a chapter, from the one with this title on.
screen() {
	sed -n "/^$1\$/,/^[0-9]\. /p" $auto | sed '1d'
}

# Two tables side by side: | before | now | same or DIFF.
auto_youngest() {
	have_auto
	screen "6. Why CRIU says no: restarted with one number for each task" | awk -F '|' '
		function youngest(pids,   p, n) {
			n = split(pids, p, " ")
			while (n && p[n] == "-") n--
			return n ? p[n] : ""
		}
		/\| (same|DIFF)$/ {
			rows++
			if (youngest($2) == "" || youngest($2) != youngest($3)) wrong = wrong " " $1
			if ($2 != $3) differ++
		}
		END {
			print rows + 0 " tasks, " differ + 0 " differ, of the wrong youngest pid:" wrong
			exit !(rows >= 6 && differ && wrong == "")
		}' || fail "not as it has to be"
}

# What has become of the application since the checkpoint: NAME recorded now | sent FAILED heard WRONG.
steps_on() {
	screen "$1" | awk -v well="$2" '
		/^NAME / { on = 1; next }
		on && !NF { exit }
		on {
			rows++
			if ($3 != "-" && $3 <= $2) { print $1 " has not counted"; stalled = 1 }
			sent += $5; failed += $6; wrong += $8; ended += NF > 8
		}
		END {
			print rows + 0 " tasks, " sent + 0 " sent, " failed + 0 " failed, " wrong + 0 " wrong, " ended + 0 " ended"
			if (rows < 6 || !sent) exit 1
			exit well ? failed || wrong || ended || stalled : !failed
		}' || fail "not as it has to be: $1"
}

auto_steps() {
	have_auto
	steps_on "3. Restart without pids: where the signals went" 0
	steps_on "4. Restart with clone_with_pids(): the application" 1
	steps_on "5. One namespace deeper: the application" 1
	steps_on "6. Why CRIU says no: where the signals went" 0
	steps_on "8. Then and now: the same tree, through clone3(set_tid)" 1
}

auto_shell() {
	local with without
	have_auto
	without=$(screen '3. Restart without pids: kill $!')
	with=$(screen '4. Restart with clone_with_pids(): kill $!')
	grep -qx ' *pid 1: kill [0-9]*: failed' <<<"$without" || fail "without pids kill did not fail"
	grep -qx " *sh: can't kill pid [0-9]*: No such process" <<<"$without" || fail "without pids the shell said nothing"
	grep -qx ' *pid 1: kill \([0-9]*\): done; wait \1: status 7; now [0-9]*' <<<"$with" || fail "kill or wait did not work"
}

# Nobody sends "Out of memory": the limit on tasks is met first.  What is left is PID 1, the console and the shell.
fork_bomb() {
	directly mode=shell -m 32
	play wait "$PROMPT" send 'sh -c "b() { b | b & b; }; b"\r' wait "can't fork" \
		send '\003\003\003\003\003' wait 'all other programs were ended' \
		send '\recho a''live; pidtable -u -c none\r' wait 'alive.*pid table: all tasks.*pidtable[^\n]*\n' \
		wait "$PROMPT" send 'poweroff\r' end
	if grep -q 'Out of memory' "$scratch/console"; then fail "the kernel ran out of memory"; fi
	sed '1,/^pid table: all tasks/d' "$scratch/console" | awk '
		/^NAME/ { next }
		!NF { exit }
		{ rows = rows " " $1 }
		END { print "left:" rows; exit rows != " init console sh pidtable" }' || fail "others are left"
}

# The background job takes vi away when there is a file `go', which vi writes: nothing depends on the time.
# shellcheck disable=SC2016 # the shell in the machine expands them
# What is typed may be drawn in pieces, on a busy host; the line below the text is drawn at once.
unsaved_text() {
	directly mode=shell
	play wait "$PROMPT" send 'cd /tmp; (until [ -e go ]; do sleep 0.1; done; checkpoint -o vi.img $(pidof vi)) & vi note\r' \
		wait 'note' send 'ia line of text\033' wait '\[Modified\]' send ':w go\r' \
		wait 'descriptors 0, 1, 2: the terminal' wait "$PROMPT" send 'restart -f -i vi.img\r' wait 'a line of text' \
		send ':wq\r' wait "$PROMPT" send 'echo it ended with $?; cat note\r' wait 'it ended with 0' \
		wait 'a line of text' wait "$PROMPT" send 'poweroff\r' end
}

# The verdict is the last line all the same.  A machine that has halted does not end by itself.
power_stays() {
	local said="switch it off by hand"
	directly "mode=shell apm=off"
	play wait "$PROMPT" send 'poweroff\r' wait "$said"
	directly "mode=auto apm=off demo=/bin/true"
	play wait "$said" wait 'demo: ok'
	judge "demo: ok"
}

power_in_container() {
	local refusal="not permitted in a container"
	directly mode=shell
	play wait "$PROMPT" send 'cwp -n sh\r' wait '# ' send 'poweroff\r' wait "poweroff: $refusal" \
		send 'reboot\r' wait "reboot: $refusal" send 'halt\r' wait "halt: $refusal" \
		send 'exit\r' wait "$PROMPT" send 'poweroff\r' end
}

# shellcheck disable=SC2016 # the shell in the machine expands $$
killed_shell() {
	directly mode=shell
	play wait "$PROMPT" send 'kill -9 $$\r' wait 'Here is another' wait "$PROMPT" send 'poweroff\r' end
}

# The same terminal is the console and the way out.  In a copy: others may be building here.
run_by_a_person() {
	copy_checkout
	qemu=(./build.sh run --no-install "$@")
	play wait 'Ctrl-A, then X' wait "$KEYS" send '\001x' end
}

run_with_gdb() {
	mkdir "$scratch/bin"
	printf '#!/bin/sh\necho "$@"\n' >"$scratch/bin/qemu-system-i386"
	chmod +x "$scratch/bin/qemu-system-i386"
	PATH=$scratch/bin:$PATH iso/run.sh --gdb | tee "$scratch/said"
	grep -q 'gdb -x kernel/attach.gdb$' "$scratch/said" || fail "it does not say how to attach"
	grep -q -- '-gdb unix:build/gdb/stub,.* -kernel build/gdb/' "$scratch/said" || fail "QEMU does not get the option"
}

run_auto() {
	copy_checkout
	./build.sh run --auto --no-install --mem 32 | tee "$scratch/console"
	[ "$(tail -n 1 "$scratch/console")" = "Verdict: demo: ok" ] || fail "exit status 0 without the verdict"
}

auto_old_cpu() {
	directly mode=auto -cpu pentium3
	play end
	judge "demo: ok"
}

# The kernel's clock counts instructions here, and so do the dates of its messages.
boot_below_bar() {
	local at
	directly "mode=shell printk.time=1"
	count_instructions
	play wait "$PROMPT" send 'dmesg | grep /init\r' wait 'Run /init' send 'poweroff\r' end
	at=$(sed -n 's/^\[ *\([0-9]*\)\.\([0-9]*\)\] Run \/init .*/\1\2000/p' "$scratch/console")
	[ -n "$at" ] || fail "the kernel does not say when it runs /init"
	below_bar boot $((10#$at))
}

# In the shell: print the applets that are not in /bin; and look for one as a person, another program and a script do.
applets() {
	# shellcheck disable=SC2016 # the shell in the machine expands this
	local look='for a in $(busybox --list); do [ -x /bin/$a ] || echo unlinked $a; done;'
	directly mode=shell
	play wait "$PROMPT" send "$look"' echo look''ed\r' wait 'looked' wait "$PROMPT" \
		send 'which vi awk cwp\r' wait '/bin/vi\s*\n/bin/awk\s*\n/bin/cwp' wait "$PROMPT" \
		send 'cwp -p 4242 expr 40 + 2\r' wait '\n42\s' wait "$PROMPT" \
		send 'echo 43 | env xargs echo found\r' wait '\nfound 43\s' wait "$PROMPT" \
		send 'printf "#!/bin/awk -f\nBEGIN { print 40 + 4 }\n" >/tmp/s; chmod +x /tmp/s; /tmp/s\r' wait '\n44\s' \
		wait "$PROMPT"
	if grep '^unlinked [a-z[]' "$scratch/console"; then fail "applets that are not in /bin"; fi
	[ "$(wc -l <build/initramfs/applets)" -gt 200 ] || fail "few applets in the list"
}

demo_that() {
	archive_with
	directly "mode=auto demo=/tests/$1 limit=5"
	play end
	[[ "$(verdict)" == "demo: FAILED: "?* ]] || fail "the verdict is '$(verdict)'"
	grep -q '^demo: FAILED: ' "$scratch/console" || fail "it is not said on the console"
}

before_cases() {
	rm -f $auto
}

main "$@"
