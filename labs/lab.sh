#!/bin/bash
# usage: lab.sh restart [--grade] [--clone3] [--reset]
#        lab.sh kernel [--historical] [--grade] [--reset]
#        lab.sh hand-in DIR
#
# What ./build.sh lab and ./build.sh labs do after a build.  Nothing that a student wrote is overwritten: a file that is
# there stays, and --reset moves it aside.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$(realpath "$0")")/.."
. labs/grade/parts.sh
. labs/grade/restart.sh
. labs/grade/sections.sh
. labs/grade/kernel.sh

# A lab's folder: missing, or of this lab, which shows in FILE.
own_folder() {
	[ ! -L "$1" ] || die "$1 is a link: it is in the way; move it elsewhere"
	[ ! -e "$1" ] || [ -d "$1" ] || die "$1 is in the way: it is not a folder; move it elsewhere"
	[ ! -d "$1" ] || [ -e "$1/$2" ] || [ -z "$(ls -A "$1")" ] ||
		die "$1 is in the way: it has no $2, and is not of this lab; move it elsewhere"
}

# usage: copy_missing FOLDER FILE...
copy_missing() {
	local folder=$1 file
	shift
	for file; do
		[ -e "$folder/${file##*/}" ] || cp "$file" "$folder/"
	done
}

begin_restart() {
	own_folder labs/restart given.h
	mkdir -p labs/restart/images
	[ -e labs/restart/restart.c ] || cp labs/c/skeleton.c labs/restart/restart.c
	copy_missing labs/restart labs/c/given.[ch] labs/c/Makefile
	copy_missing labs/restart/images labs/c/images/*
	cat <<-'END'
		labs/restart is ready: write the parts of labs/restart/restart.c. given.h describes the images, images/ has them.
		    make -C labs/restart                      compiles it
		    ./build.sh lab restart --grade            grades it in the machine: 100 points
		    ./build.sh lab restart --grade --clone3   grades its second half, mainline's call: 100 points
	END
}

restart_lab() {
	local grade='' reset='' call=clone_with_pids work=build/labs/restart
	for option; do
		case $option in
		--grade) grade=1 ;;
		--reset) reset=1 ;;
		--clone3) call=clone3 ;;
		*) die "what is $option? lab restart has --grade, --clone3 and --reset" ;;
		esac
	done
	[ -z "$grade" ] || [ -z "$reset" ] || die "--grade and --reset: one at a time"
	[ "$call" = clone_with_pids ] || [ -n "$grade" ] || die "--clone3 is for lab restart --grade"
	if [ -n "$reset" ]; then
		[ -f labs/restart/restart.c ] || die "there is no labs/restart/restart.c to begin anew"
		cp --backup=numbered labs/c/skeleton.c labs/restart/restart.c
		echo "labs/restart/restart.c is the skeleton again; what you wrote is in"
		compgen -G 'labs/restart/restart.c.~*~' | sort -V | tail -n 1
		return
	fi
	[ -n "$grade" ] || { begin_restart; return; }
	[ -f labs/restart/restart.c ] || die "there is no labs/restart/restart.c: ./build.sh lab restart makes it"
	mkdir -p build/labs
	compile_restart labs/restart/restart.c "$work" ||
		die "it does not compile: $(first_error "$work.said" labs/restart/restart.c)"
	grade_restart "$work/restart" 0 "$work.machine" "$work.result" "$call"
	restart_parts "$call" | show_result "$work.result" "$work.machine"
}

lab=${1-}
[ $# = 0 ] || shift
case $lab in
restart) restart_lab "$@" ;;
kernel) kernel_lab "$@" ;;
hand-in)
	. labs/grade/hand-in.sh
	hand_in "$@"
	;;
'') die "which one? lab restart, in C, or lab kernel" ;;
*) die "there is no lab $lab: there are restart, in C, and kernel; those in the shell are in the machine: lab" ;;
esac
