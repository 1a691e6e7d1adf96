#!/bin/bash
# usage: compare.sh PROGRAMS REFERENCE LOG...
#
# Compare, test by test, what the PROGRAMS reported on the kernel of REFERENCE with what they did on each LOG's.  For
# each program a line `pass kselftest: ...' or `FAIL kselftest: ...', after the differences; and one for each folder,
# of whose tests one at least must have passed.  The exit status is 0 if no line says FAIL.
#
# A test that fails on every kernel is no difference: it says something about the kernel that the series is for.
set -euo pipefail
export LC_ALL=C

programs=$1
shift
logs=("$@")
here=${0%/*}
status=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

verdict() {
	[ "$1" = pass ] || status=1
	echo "$1 kselftest: $2"
}

# How many tests of a program, or of all of FOLDER/, came to this in the reference?
count() {
	awk -F'\t' -v whose="$1" -v result="$2" '
		(whose ~ /\/$/ ? index($1, whose) == 1 : $1 == whose) && $2 == result { n++ }
		END { print n + 0 }' "$scratch/0"
}

summary() {
	local result words=
	for result in ok "not ok" skip xfail; do
		[ "$(count "$1" "$result")" = 0 ] || words+=", $(count "$1" "$result") $result"
	done
	echo "${words#, }"
}

# The lines of one program in the points of one kernel, without its name.
points() {
	awk -F'\t' -v program="$1" '$1 == program { print $2 ": " $3 }' "$2"
}

# A program must have come to its end on each kernel, and must have said something.
judge() {
	local program=$1 i
	for i in "${!logs[@]}"; do
		points "$program" "$scratch/$i" >"$scratch/points"
		grep -q 'exit status' "$scratch/points" || {
			verdict FAIL "$program: it did not run, or not to its end; see ${logs[i]}"
			return
		}
		! grep '^none: ' "$scratch/points" >"$scratch/none" || {
			verdict FAIL "$program: $(sed 's/^none: //' "$scratch/none"); see ${logs[i]}"
			return
		}
		diff -U 0 --label "${logs[0]}" <(points "$program" "$scratch/0") --label "${logs[i]}" "$scratch/points" \
			>"$scratch/diff" || {
			sed 's/^/    /' "$scratch/diff"
			verdict FAIL "$program: another result, $(grep -c '^[-+][^-+]' "$scratch/diff") lines; see ${logs[i]}"
			return
		}
	done
	verdict pass "$program: the same on all ${#logs[@]} kernels: $(summary "$program")"
}

for i in "${!logs[@]}"; do
	awk -v says="$programs" -f "$here/points.awk" "$programs" "${logs[i]}" >"$scratch/$i"
done

mapfile -t names < <(awk 'NF && !/^#/ { print $1 "/" $2 }' "$programs")
for name in "${names[@]}"; do
	judge "$name"
done
for folder in $(printf '%s\n' "${names[@]%%/*}" | sort -u); do
	if [ "$(count "$folder/" ok)" -gt 0 ]; then
		verdict pass "all of $folder: $(summary "$folder/")"
	else
		verdict FAIL "all of $folder: no test passed"
	fi
done
exit "$status"
