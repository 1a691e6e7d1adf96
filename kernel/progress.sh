#!/bin/bash
# usage: make ... 2>&1 | progress.sh LOG ABOUT
#
# Keep a kernel build's output in LOG and say now and then how far it is; ABOUT is the number of steps of a whole
# build, 0 if only some of them will be taken.
set -euo pipefail

log=$1
of_about=
(($2 == 0)) || of_about=" of about $2"
steps=0
while IFS= read -r line; do
	printf '%s\n' "$line"
	[[ $line =~ ^'  '[A-Z] ]] || continue
	steps=$((steps + 1))
	((steps % 100 != 0)) || echo "kernel: $steps$of_about steps" >&2
done >"$log"
echo "kernel: $steps steps taken"
