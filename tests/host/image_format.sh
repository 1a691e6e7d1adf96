#!/bin/bash
# docs/image-format.md names each section and each field that cr/format/code.c and the kinds of open files write, and none
# that they do not.
# shellcheck disable=SC2317,SC2086 # the cases are called by their names; $code is several files
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
10 tags   | each tag of a section is a heading of the page, and the other way round
10 fields | each field of a structure is a row of the page, and the other way round
10 kinds  | each kind of open file is in the tables that the image and a restart go through, and each recorder in its own
"

code="cr/format/code.c cr/kinds/*.c"
page=docs/image-format.md

# same NAME NAME: two lists, one word a line.
same() {
	local missing
	missing=$(comm -3 <(sort -u "$1") <(sort -u "$2"))
	[ -s "$1" ] || fail "nothing was found in $code"
	[ -z "$missing" ] || fail "only in $code, or (indented) only in $page:"$'\n'"$missing"
}

tags() {
	sed -n 's/.*= { "\([A-Z]*\) *", .*/\1/p' $code >"$scratch/code"
	sed -n 's/^### \([A-Z]*\)$/\1/p' "$page" >"$scratch/page"
	same "$scratch/code" "$scratch/page"
}

# What a coding function takes: x->field, x->field[i], x->field[i].part, o->kind.field, or the name that CODE_ARRAY() is
# given.
fields() {
	{
		grep -hE "code_[a-z0-9]+\(|^		&p->" $code | grep -oE '&?[a-z]->[a-z0-9_]+(\[[^]]*\])?(\.[a-z]+)?' |
			sed -E 's/.*o->[a-z]+\.//; s/.*->//; s/\[[^]]*\]//; /^(count|error)$/d'
		sed -nE 's/.*CODE_ARRAY\(c, [a-z], ([a-z_]+), .*/\1/p' $code
		grep -q 'code_actions' cr/format/code.c && echo actions
	} >"$scratch/code"
	# shellcheck disable=SC2016 # the page's backquotes
	sed -nE 's/^\| `([a-z_.]+)` \| .*/\1/p' "$page" >"$scratch/page"
	same "$scratch/code" "$scratch/page"
}

# Each kind is in a table by its number; and what recognises a descriptor, where its file defines it.
kinds() {
	local table
	sed -n '/^enum open_kind/,/^}/p' cr/image/open.h | grep -oE 'OPEN_[A-Z_]+' | grep -v OPEN_KINDS | sort >"$scratch/numbers"
	[ -s "$scratch/numbers" ] || fail "no kinds are found in cr/image/open.h"
	for table in image rebuild; do
		sed -nE 's/^	\[(OPEN_[A-Z_]+)\] *= &[a-z_]+,$/\1/p' "cr/kinds/${table}_table.c" | sort >"$scratch/table"
		diff "$scratch/numbers" "$scratch/table" || fail "cr/kinds/${table}_table.c has not each kind once"
	done
	sed -nE 's/^const struct kind_record ([a-z_]+) = .*/\1/p' cr/kinds/*.c | sort >"$scratch/recorders"
	sed -nE 's/^	&([a-z_]+),.*/\1/p' cr/kinds/record_table.c | sort >"$scratch/table"
	[ -s "$scratch/recorders" ] || fail "no recorders are found in cr/kinds"
	diff "$scratch/recorders" "$scratch/table" || fail "cr/kinds/record_table.c has not each recorder once"
}

main "$@"
