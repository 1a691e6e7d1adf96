#!/bin/bash
# What ./build.sh test can be asked for: the list, what a name means, and what a wrong one is answered.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/copy.sh"
. tests/names.sh

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
20 one_name_each | no two cases have the same name
20 suites_are_files | each suite of the guest is a file of its name in its room, and each file there a suite
20 shares | shares of the guest's tests, together, are all cases, each once
20 means | a name means the suite, the file or the case that has it, and both if both have it
20 wrong_names | a wrong name is answered by what may have been meant
20 asked_here | host files and their cases are run by their names
"

one_name_each() {
	local twice
	{ list_guest && list_host; } >"$scratch/list"
	[ "$(grep -c '^call/' "$scratch/list")" -gt 200 ] || fail "few cases"
	grep -q '^host/names: .*  \[one_name_each\]$' "$scratch/list" || fail "this one is not in the list"
	twice=$(sed 's/  \[[^[]*\]$//' "$scratch/list" | sort | uniq -d)
	[ -z "$twice" ] || fail "twice: $twice"
}

suites_are_files() {
	guest_tests --suites | sed 's/ .*//' | sort >"$scratch/suites"
	[ -s "$scratch/suites" ] || fail "there are no suites"
	(cd tests/guest && ls -- */*.c) | sed '/^support\//d; s/\.c$//' | sort | diff "$scratch/suites" - ||
		fail "suites (<) and files (>) differ"
}

shares() {
	local n k
	list_guest | sort >"$scratch/all"
	for n in 1 2 3 7; do
		for ((k = 1; k <= n; k++)); do
			guest_tests --list --any-kernel "--shard=$k/$n" >"$scratch/share"
			[ -s "$scratch/share" ] || fail "nothing in $k/$n"
			cat "$scratch/share"
		done | sort | diff "$scratch/all" - || fail "$n shares are not the whole"
	done
	for k in 0/2 3/2 1 1/0; do
		if (guest_tests --list "--shard=$k"); then fail "$k is taken for a share"; fi
	done
}

means() {
	cat >"$scratch/list" <<-'END'
		call/pids: one: two
		call/pids: three
		self/harness: right
		host/harness: a hang  [hang]
		host/boot: the menu: first [x]  [entry 1 2]
		host/boot: another  [entry 3]
	END
	while IFS='>' read -r name wanted; do
		[ "$(meaning "$name" "$scratch/list" | paste -sd'+')" = "$wanted" ] ||
			fail "$name means '$(meaning "$name" "$scratch/list" | paste -sd'+')', not '$wanted'"
	done <<-'END'
		pids>guest call/pids
		call/pids>guest call/pids
		self/pids>
		pids: one: two>guest call/pids: one: two
		call/pids:three>guest call/pids: three
		pids: on>
		harness>guest self/harness+host harness
		self/harness>guest self/harness
		host/harness>host harness
		harness: a hang>host harness:a hang
		boot: the menu: first [x]>host boot:the menu: first [x]
		boot:entry 1 2>host boot:the menu: first [x]
		boot:entry>host boot:another+host boot:the menu: first [x]
		boot: entr>
		oot>
	END
}

asked() {
	local status=0
	tests/run.sh -- "$@" >"$scratch/said" 2>&1 || status=$?
	cat "$scratch/said"
	[ "$status" = 2 ] || fail "exit status $status"
}

wrong_names() {
	copy_checkout
	asked pid
	must_say "called .pid'.*--list"
	must_say '^    pids$'
	asked pids 'pids: levl 2: no lst'
	must_say "called .pids: levl"
	must_say '^    pids: level 2: no list$'
	asked call/pidds
	must_say '^    call/pids$'
	asked boot: menu
	must_say "called .menu'"
	asked nothing-of-the-kind
	[ "$(wc -l <"$scratch/said")" = 1 ] || fail "it guesses"
}

# In a copy, where the run that runs this does not come between.
asked_here() {
	copy_checkout
	tests/run.sh -- 'lint: what is built lies below build/, and nothing that is checked in does' \
		outputs:bzimage 'outputs:at_most build/bzImage 2' >"$scratch/said" || fail "$(tail -n 1 "$scratch/said")"
	cat "$scratch/said"
	[ "$(tail -n 1 "$scratch/said")" = "3 passed, 0 failed" ] || fail "other cases"
	tests/run.sh image_format -- outputs:bzimage >"$scratch/said" || fail "$(tail -n 1 "$scratch/said")"
	must_say '^pass image_format: .*'
	must_say '^pass outputs: bzImage has'
}

main "$@"
