# shellcheck shell=bash
# The C lab: compile a restart.c, and grade it in the machine.  Sourced after parts.sh.

# The parts for a call, clone_with_pids or clone3, as grade_parts wants them.
restart_parts() {
	sed -E "/^#/d; s,^([0-9]+) +([a-z]+) +,\1 $1/\2 ," labs/c/parts
}

# usage: compile_restart SOURCE FOLDER [JAIL...]: make FOLDER/restart of a copy of SOURCE.  What it says is in
# FOLDER/said.  With JAIL, a command, the compiler runs in it.
compile_restart() {
	local source=$1 folder=$2
	shift 2
	rm -rf "$folder"
	mkdir -p "$folder"
	cp "$source" "$folder/restart.c"
	"$@" make -s -C "$folder" -f "$PWD/labs/c/Makefile" TOP="$PWD" GIVEN="$PWD/labs/c" >"$folder.said" 2>&1
}

# usage: first_error SAID NAME: what the compiler says first, of a file that the student knows as NAME.
first_error() {
	local line
	line=$(grep -a -m 1 -E '[Ee]rror: |undefined reference|multiple definition' "$1" || tail -n 1 "$1")
	line=$(sed -E 's,^.*ld: ,,; s,^([^ ]*/)?restart\.c:,'"$2"':,' <<<"$line" | one_line)
	echo "${line:-the compiler did not end}"
}

# usage: grade_restart PROGRAM SHIFT FOLDER RESULT CALL...; SHIFT is added to the images' pids.
grade_restart() {
	# shellcheck disable=SC2034 # for grade_parts, which this calls
	local program=$1 folder=$3 result=$4 call BOOT_CPU=100 MAX_DEATHS=3
	shift_by=$2
	shift 4
	rm -rf "$folder" "$folder".*
	mkdir -p "$folder/lab/jail"
	cp -r labs/c/images "$folder/lab/images"
	cp "$program" "$folder/lab/jail/restart"
	chmod 755 "$folder/lab/jail/restart"
	cp build/labs/grader/grade-restart "$folder/lab/grade-restart"
	# shellcheck disable=SC2317 # grade_parts calls it
	script_for() {
		printf '#!/bin/sh\nexec /lab/grade-restart %s\n' "$shift_by $*"
	}
	for call; do restart_parts "$call"; done | grade_parts build/bzImage "$folder" "$result"
}
