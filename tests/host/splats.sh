# shellcheck shell=bash
# What a kernel says on its console when it found that something is wrong in it.  Sourced after lib.sh.

# Regular expressions, looked for anywhere in a line: a program's output may stand before the kernel's.
SPLATS='
cut here
WARNING:
INFO:
\<BUG\>
Oops
PANIC
Kernel panic
Call Trace
Tainted:
# Locks, RCU and scheduling.
possible (circular|recursive|irq lock|deadlock)
inconsistent lock state
suspicious RCU usage
locking correctness validator
scheduling while atomic
sleeping function called
stall(s)? on
detected stall
blocked for more than
[lL]ockup|LOCKUP
nobody cared
# Memory: slabs, pages, stacks and copies.
corrupt(ion|ed)
[pP]oison overwritten
[rR]edzone overwritten
already free
KFENCE
ODEBUG
[bB]ad page
[bB]ad rss-counter
page dumped because
pagealloc:
page allocation failure
Out of memory
oom-killer
low stack detected
unreferenced object
kmemleak:
usercopy:
detected (buffer overflow|field-spanning)
# Arithmetic, counts and lists.
UBSAN
refcount_t:
list_(add|del)
# What hides the others.
messages dropped
FAULT_INJECTION: forcing
'

# What looks like one of them and says that a check has begun its work.
HARMLESS='kmemleak: Kernel memory leak detector initialized'

splat_patterns() {
	sed '/^#/d; /^$/d' <<<"$SPLATS"
}

# Print the lines of a console's log that are splats, with their numbers.
splats() {
	grep -nE -f <(splat_patterns) "$1" | grep -v "$HARMLESS" || true
}

# Fail if there is one in the log; what surrounds the first goes to the case's own log.
no_splats() {
	local found first
	found=$(splats "$1")
	[ -n "$found" ] || return 0
	first=${found%%:*}
	sed -n "$((first > 10 ? first - 10 : 1)),$((first + 60))p" "$1"
	fail "$(wc -l <<<"$found") lines of $1 are splats; the first is line $(head -n 1 <<<"$found")"
}
