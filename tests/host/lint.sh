#!/bin/bash
# What can be said of the sources without running them.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
60 shell_scripts   | shellcheck has nothing to say
20 files_in_comments | each file that a comment of a C source names is there
20 comments_are_read | of a C source, the comments are read and nothing else
10 outputs_ignored | what is built lies below build/, and nothing that is checked in does
"

shell_scripts() {
	shellcheck build.sh container.sh .ci/run kernel/*.sh initramfs/*.sh iso/*.sh classroom/*.sh labs/*.sh labs/grade/*.sh tests/*.sh \
		tests/{host,bench,kselftest,mutations}/*.sh
	shellcheck -s dash initramfs/files/{profile,shellrc,crash,fail,hang} tests/{kselftest,glibc}/run
	# In the labs names and pids are words, and /lab holds what the labs have made.
	shellcheck -s dash -e SC1091,SC2012,SC2013,SC2015,SC2016,SC2046,SC2086,SC2148,SC2154 labs/shell/lab labs/shell/lib/* \
		labs/shell/*/{setup,check} tests/labs/*
	shellcheck -a demo/programs/{app,outer,middle,inner,answer,source,sink}
}

# Is there a file of this NAME, for a comment of a source in FOLDER?  It is named from the top, from the folder, as in the
# kernel's source, or by so much of its path that no other is meant.
is_there() {
	case $1 in
	criu/*) return 0 ;;
	esac
	[ -e "$1" ] || [ -e "$2/$1" ] || [ -e "build/linux/$1" ] ||
		[ "$(grep -cE "(^|/)${1//./\\.}\$" "$scratch/files")" = 1 ]
}

sources() {
	find . \( -path ./build -o -path ./labs/restart -o -path ./labs/kernel \) -prune -o -name '*.[ch]' -print | sed 's,^\./,,'
}

files_in_comments() {
	local at name wrong=0
	[ -e build/linux/kernel/pid.c ] || fail "the kernel's source is not there: build first"
	find . \( -path ./build -o -path ./.git -o -path ./labs/restart -o -path ./labs/kernel \) -prune -o -type f -print | sed 's,^\./,,' >"$scratch/files"
	sources | xargs awk -f tests/host/comments.awk >"$scratch/named"
	[ "$(wc -l <"$scratch/named")" -gt 20 ] || fail "few files are named"
	while read -r at name; do
		is_there "$name" "${at%/*}" || {
			echo "$at: $name"
			wrong=$((wrong + 1))
		}
	done <"$scratch/named"
	[ "$wrong" = 0 ] || fail "$wrong comments name a file that is not there, or several"
}

comments_are_read() {
	cat >"$scratch/a.c" <<-'END'
		#include "no.h" /* see one.c, (two.h) and <sys/none.h>
		 * kernel/three.S. */ char *s = "no.c /*"; int x; /* not.a.file */
		// four.sh: x
		no.c
	END
	awk -f tests/host/comments.awk "$scratch/a.c" | sed 's/.*://' |
		diff - <(printf '%s\n' '1 one.c' '1 two.h' '2 kernel/three.S' '3 four.sh') || fail "others are found"
}

outputs_ignored() {
	grep -qx '/build/' .gitignore || fail ".gitignore does not name /build/"
	# In a worktree, .git is a file.
	[ -e .git ] || return 0
	git ls-files build >"$scratch/in_build" || fail "git does not list the files"
	[ ! -s "$scratch/in_build" ] || fail "checked in: $(head -n 3 "$scratch/in_build" | tr '\n' ' ')"
}

main "$@"
