#!/bin/bash
# A program of another C library: threads of glibc, built here for i386, checkpointed and restarted in the machine.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
240 threads | threads of glibc come back, with their locks, conditions, storage and restartable sequences
"

threads() {
	mkdir -p "$scratch/files/glibc"
	i686-linux-gnu-gcc -O2 -Wall -Wextra ${WERROR:+-Werror} -static -s -o "$scratch/files/glibc/threads" \
		tests/glibc/threads.c -lm
	cp tests/glibc/run "$scratch/files/glibc/run"
	archive_with "$scratch/files"
	directly "mode=test demo=/glibc/run limit=200"
	count_instructions
	BOUND=1000 play end
	judge "test: ok"
	[ "$(grep -c '^glibc: restart .*: right$' "$scratch/console")" = 4 ] || fail "not every way was tried"
}

main "$@"
