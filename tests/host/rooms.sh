#!/bin/bash
# The arrows between the rooms of the C sources: those of rooms.list and no others, by includes and by calls; and no two
# files of a room that call each other in a circle.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
10 all_are_named     | each folder with C in it is in rooms.list
20 includes          | an include leads to a room that rooms.list allows
30 calls             | a call leads to a room that rooms.list allows
30 circles           | no files call each other in a circle
10 wrong_is_noticed  | an arrow that is not allowed is found, and a circle
"

rooms=tests/host/rooms.list

sources() {
	find . \( -path ./build -o -path ./.git -o -path ./labs/restart -o -path ./labs/kernel \) -prune -o -name '*.[ch]' -print | sed 's,^\./,,' | sort
}

# Arrows FILE FILE WHAT on stdin; print those that are not allowed.
not_allowed() {
	awk '
	function room(file) { sub(/\/[^\/]*$/, "", file); return file }
	FNR == NR && /^[a-z]/ { split($0, part, ":"); n = split(part[2], to, " ")
				for (i = 1; i <= n; i++) allowed[part[1], to[i]] = 1 }
	FNR == NR { next }
	{ a = room($1); b = room($2) }
	a != b && !((a, b) in allowed) { print $1 " -> " $2 ": " $3 }' "$rooms" -
}

# Arrows on stdin; print the files of each circle.
circles_of() {
	awk '{ print $1, $2 }' | sort -u | { tsort 2>&1 >/dev/null || true; } | sed -n 's/^tsort: \(.*\..*\)$/\1/p'
}

# By includes: from each source to the header, which is named from the top, or is in the same folder, or is support.
includes_of() {
	sources | xargs grep -H '^#include "' | sed 's/:#include "/ /; s/".*//' | while read -r file header; do
		for folder in . "${file%/*}" tests/guest/support; do
			[ ! -e "$folder/$header" ] || break
		done
		[ "$folder" = . ] || header=$folder/$header
		[ -e "$header" ] || fail "$file includes $header, which is not there" >&2
		echo "$file $header include"
	done
}

# By calls: from each object of the programs to the one that defines what it uses.  Each program has its own main().
calls_of() {
	local object
	sources | sed -nE 's,^((lib|cr|tools|demo|initramfs|labs/grader)/.*|labs/c/given)\.c$,\1.o,p' | while read -r object; do
		i686-linux-gnu-nm "build/$object" | awk -v o="$object" '
			$(NF - 1) ~ /^[TDRBC]$/ && $NF != "main" { print "defines", $NF, o }
			$(NF - 1) == "U" { print "uses", $NF, o }'
	done | sort | awk '
		$1 == "defines" { by[$2] = $3 }
		$1 == "uses" && $2 in by && by[$2] != $3 { print $3, by[$2], $2 }'
}

# Fail with what a file has, if it has anything.
must_be_empty() {
	[ ! -s "$1" ] || fail "$2: $(head -n 5 "$1" | paste -sd ' ')"
}

all_are_named() {
	sources | sed -n 's,/[^/]*\.c$,,p' | sort -u >"$scratch/folders"
	sed -n 's/^\([a-z][^:]*\):.*/\1/p' "$rooms" | sort >"$scratch/named"
	grep -v -e '^kernel/' -e '^tests/\(glibc\|kselftest\|series\)' "$scratch/folders" | comm -3 - "$scratch/named" >"$scratch/other"
	must_be_empty "$scratch/other" "in one of the two alone"
}

includes() {
	includes_of | grep -v -e '^kernel/' -e '^tests/\(glibc\|kselftest\|series\)' >"$scratch/arrows"
	[ "$(wc -l <"$scratch/arrows")" -gt 300 ] || fail "few includes are found"
	not_allowed <"$scratch/arrows" >"$scratch/wrong"
	must_be_empty "$scratch/wrong" "not in rooms.list"
}

calls() {
	calls_of >"$scratch/arrows"
	[ "$(wc -l <"$scratch/arrows")" -gt 300 ] || fail "few calls are found"
	not_allowed <"$scratch/arrows" >"$scratch/wrong"
	must_be_empty "$scratch/wrong" "not in rooms.list"
}

circles() {
	calls_of >"$scratch/arrows"
	circles_of <"$scratch/arrows" >"$scratch/wrong"
	must_be_empty "$scratch/wrong" "these call each other"
}

wrong_is_noticed() {
	printf '%s\n' 'lib/report.o cr/hold/hold.o hold_tree' 'tools/cwp.o lib/report.o report' >"$scratch/arrows"
	[ "$(not_allowed <"$scratch/arrows")" = "lib/report.o -> cr/hold/hold.o: hold_tree" ] || fail "an arrow is not found"
	printf '%s\n' 'lib/a.o lib/b.o f' 'lib/b.o lib/c.o g' 'lib/c.o lib/a.o h' 'lib/d.o lib/a.o i' >"$scratch/arrows"
	[ "$(circles_of <"$scratch/arrows" | sort | paste -sd ' ')" = "lib/a.o lib/b.o lib/c.o" ] || fail "a circle is not found"
}

# What only a lab is graded with is not built for the image.
before_cases() {
	make_outputs build/labs/grader/grade-restart >/dev/null
}

main "$@"
