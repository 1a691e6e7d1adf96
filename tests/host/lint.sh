#!/bin/bash
# What can be said of the sources without running them.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
60 shell_scripts   | shellcheck has nothing to say
10 outputs_ignored | what is built lies below build/, and nothing that is checked in does
"

shell_scripts() {
	shellcheck build.sh container.sh .ci/run kernel/*.sh initramfs/*.sh iso/*.sh tests/*.sh \
		tests/{host,bench,kselftest,mutations}/*.sh
	shellcheck -s dash initramfs/files/{profile,shellrc,crash,fail,hang} tests/{kselftest,glibc}/run
	shellcheck -a demo/programs/{app,outer,middle,inner,answer,source,sink}
}

outputs_ignored() {
	grep -qx '/build/' .gitignore || fail ".gitignore does not name /build/"
	# In a worktree, .git is a file.
	[ -e .git ] || return 0
	git ls-files build >"$scratch/in_build" || fail "git does not list the files"
	[ ! -s "$scratch/in_build" ] || fail "checked in: $(head -n 3 "$scratch/in_build" | tr '\n' ' ')"
}

main "$@"
