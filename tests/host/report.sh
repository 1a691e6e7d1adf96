# shellcheck shell=bash
# For the tests that boot a machine whose guest-tests report: is the report whole?  Sourced after lib.sh and qemu.sh.

# Run a COMMAND that plays, and note for the table of times how long each suite took: the lines of the report come
# while its cases run.
with_times() {
	local me=$BASHPID reader status=0
	# shellcheck disable=SC2154 # scratch is lib.sh's
	: >"$scratch/verdict"
	tail -n +1 -f "$scratch/verdict" --pid="$me" 2>/dev/null | while IFS= read -r line; do
		echo "${EPOCHREALTIME/[.,]/} $line"
	done >"$scratch/stamped" &
	reader=$!
	"$@" || status=$?
	sleep 0.1
	kill "$reader" 2>/dev/null || true
	awk '
		$2 == "note" { next }
		$2 ~ /^(pass|FAIL|skip)$/ {
			sub(/:$/, "", $3)
			if (before) took[$3] += $1 - before
		}
		{ before = $1 }
		END { for (suite in took) printf "%d - guest/%s\n", took[suite] / 1000, suite }
	' "$scratch/stamped" >>build/log/times.lines
	return $status
}

# Keep the guest's report in a file and fail unless it adds up, and the verdict says what its lines say.
keep_report() {
	local report=$1 passed failed skipped
	tr -d '\r' <"$scratch/verdict" >"$report"
	passed=$(grep -c '^pass ' "$report") || true
	failed=$(grep -c '^FAIL ' "$report") || true
	skipped=$(grep -c '^skip ' "$report") || true
	[ "$passed" -gt 0 ] || fail "no test passed"
	grep -qx "guest: $passed passed, $failed failed, $skipped skipped" "$report" ||
		fail "the lines do not add up: $passed, $failed, $skipped; $(grep '^guest:' "$report" || echo "no sum")"
	if [ "$failed" = 0 ]; then judge "test: ok"; else [[ "$(verdict)" == "test: FAILED: "?* ]]; fi
}

# The machine has listed its cases before it ran them, as `case ROOM/SUITE: NAME': each of them is reported, once.
all_reported() {
	local report=$1
	sed -n 's,^case [^/]*/,,p' "$report" | sort >"$scratch/listed"
	sed -nE 's/^pass //p; s/^(FAIL|skip) //p' "$report" | sort >"$scratch/reported"
	[ -s "$scratch/listed" ] || fail "the machine has listed no case"
	# What follows the name of a case that failed is why.
	awk '
		FNR == NR { listed[$0]++; next }
		{
			name = $0
			while (!(name in listed) && sub(/: [^:]*$/, "", name)) ;
			if (!(name in listed) || !listed[name]--) { print "not in the list: " $0; wrong = 1 }
		}
		END {
			for (name in listed) if (listed[name] > 0) { print "not reported: " name; wrong = 1 }
			exit wrong
		}' "$scratch/listed" "$scratch/reported" || fail "the report is not of all cases, each once"
}

# Print the report's lines, to be counted: keep_report's file, and what stands before each name.
show_report() {
	if [ -f "$1" ]; then
		sed -En "s/^(pass|FAIL|skip) /&$2/p" "$1"
	fi
}
