#!/bin/bash
# usage: mutant.sh SOURCE OBJECTS [MUTATION]
#
# Make build/mutations/KERNEL/arch/x86/boot/bzImage, where KERNEL is the last part of OBJECTS: the kernel that was
# built there from SOURCE, with one wrong change, tests/mutations/MUTATION.mutation, or with none.
#
# kernel/changed.sh builds it, in a tree that all mutants share.
set -euo pipefail
export LC_ALL=C

here=${0%/*}
folder=build/mutations
source=$1
built=$2
mutation=${3-}

die() {
	echo "mutant: $*" >&2
	exit 1
}

# The one file that differs from the source's.
apply() {
	local changed
	changed=$(sed -n 's/^file: //p' "$here/$mutation.mutation")
	grep -qxF "$changed" "$source/.series/touched" || die "$mutation: the series does not touch its file, '$changed'"
	mkdir -p "$folder/changes/$(dirname "$changed")"
	awk -f "$here/apply.awk" "$here/$mutation.mutation" "$source/$changed" >"$folder/changes/$changed" || exit 1
	! cmp -s "$folder/changes/$changed" "$source/$changed" || die "$mutation changes nothing in $changed"
}

rm -rf "$folder/changes"
mkdir -p "$folder/changes"
[ -z "$mutation" ] || apply
exec kernel/changed.sh "$source" "$built" "$folder" "$folder/changes"
