# shellcheck shell=bash
# How this host runs Debian's static programs for i386: an x86 one as they are, others by QEMU.
#
# Sourced.  The caller has die().

# i386_runner PROGRAM ARGUMENT...: set the array `runner' to what stands before PROGRAM, by the first way in which it
# takes these arguments.  What does not work says nothing.
i386_runner() {
	local with
	for with in '' qemu-i386 qemu-i386-static; do
		# shellcheck disable=SC2034 # the caller reads it
		runner=(${with:+"$with"})
		if ${with:+command -v "$with"} >/dev/null && $with "$@" >/dev/null 2>&1; then return; fi
	done
	die "this host does not run i386 programs; QEMU can: apt-get install qemu-user"
}
