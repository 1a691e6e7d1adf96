#!/bin/bash
# The guest's tests on a kernel that checks itself, with two CPUs: what it says of itself counts, whatever they say.
# debug-short.sh is this file with short=--short.  GUEST_NAMES in the environment, one a line, names suites and cases, and
# only they are run.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"
. "${0%/*}/qemu.sh"
. "${0%/*}/report.sh"
. "${0%/*}/splats.sh"

short=${short-}
# What guest-tests is to run, as the machine's shell reads it.
chosen=$short
if [ -n "${GUEST_NAMES-}" ]; then
	mapfile -t names <<<"$GUEST_NAMES"
	chosen=$(printf ' %q' "${names[@]}")
fi

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
3600 kernel_builds   | the debugging kernel is built
$([ -n "${GUEST_NAMES-}" ] ||
	echo "600 splats_on_order | the kernel's own splats and a leak are found, though the verdict is a success")
4500 guest_tests     | all tests in the machine were run and reported
$([ -n "${GUEST_NAMES-}" ] ||
	echo "10 every_suite | every suite reported, those too that need this kernel")
10   clean_console   | the console's log is whole, and nothing in it is a splat
"

report=build/log/$area.verdict
console=build/log/$area.console

# Nothing hides from the console, and who is kept waiting by a busy host has not hung.  On such a host the time-stamp
# counter is found to be several times as slow as it is, every bound in the machine comes too early, and the timer's
# interrupt may miss the moment in which the kernel looks whether it comes.
arguments="mode=test ignore_loglevel page_poison=1 rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30 tsc=unstable"
arguments+=" no_timer_check"

# Boot the debugging kernel, with more arguments, and run the script on standard input in it, for at most so many
# seconds.  The console's log goes to a file, however the machine ends.
run_in_guest() {
	local seconds=$1 log=$2 more=${3-} status=0
	mkdir -p "$scratch/files/tests"
	cat >"$scratch/files/tests/script"
	chmod +x "$scratch/files/tests/script"
	archive_with "$scratch/files"
	# shellcheck disable=SC2034 # directly reads it
	kernel=build/debug/arch/x86/boot/bzImage
	directly "$arguments $more demo=/tests/script limit=$seconds" -smp 2 -m 256
	(BOUND=$((seconds + 60)) with_times play end) || status=$?
	cp "$scratch/console" "$log"
	[ "$status" = 0 ] || fail "the machine did not come to its end; its console is in $log"
}

kernel_builds() {
	make_outputs debug-kernel
}

# What the kernel can be told to do to itself, and what it says then.  The first leaves a spinlock held, which is
# noticed wherever the process goes next, and turns the locks' checks off; what happens to an object of a slab is
# noticed by SLUB or by KFENCE, which samples.
ORDERS='
SPINLOCKUP            | lock held when returning|Invalid wait context|sleeping function called
WARNING               | WARNING: CPU
REFCOUNT_ADD_ZERO     | refcount_t: addition on 0
ARRAY_BOUNDS          | UBSAN: array-index-out-of-bounds
SLAB_LINEAR_OVERFLOW  | Redzone overwritten|BUG: KFENCE
SLAB_FREE_DOUBLE      | BUG lkdtm-heap-double_free|BUG: KFENCE
FORTIFY_MEM_OBJECT    | detected buffer overflow
CORRUPT_LIST_ADD      | list_add corruption
READ_BUDDY_AFTER_FREE | unable to handle page fault
USERCOPY_SLAB_SIZE_TO | usercopy: Kernel memory exposure
'

# While another program writes to the console, into the middle of the kernel's lines; so all of them are shown once
# more at the end, when it is quiet.  Some kill the process that gives the order; what it had allocated is
# lost then, and the suite for leaks is to say so.  It is done often, because kmemleak takes any number that looks like
# a pointer for one, and overlooks what that points to.
give_orders() {
	run_in_guest "$1" "$2" <<-END
		#!/bin/sh
		mount -t debugfs debugfs /sys/kernel/debug
		echo 0 >/proc/sys/kernel/panic_on_oops
		yes 'a line that a program writes' &
		for order in $(sed -n 's/ *|.*//p' <<<"$ORDERS" | tr '\n' ' '); do
			sh -c "echo \$order >/sys/kernel/debug/provoke-crash/DIRECT"
		done
		kill %1
		for i in 1 2 3 4 5 6 7 8; do
			sh -c 'echo USERCOPY_SLAB_SIZE_TO >/sys/kernel/debug/provoke-crash/DIRECT'
		done
		/tests/guest-tests lost
		dmesg
		exit 0
	END
}

# What the kernel did to itself may leave it hanging, rarely; then a second machine is asked.
splats_on_order() {
	local log=build/log/debug-orders.console order said
	(give_orders 100 "$log") || {
		rm -f "$scratch"/{raw,verdict}
		give_orders 300 "$log"
	}
	judge "test: ok"
	splats "$log" >"$scratch/splats"
	while IFS='|' read -r order said; do
		[ -z "$order" ] || grep -Eq "${said# }" "$scratch/splats" || fail "$order: no '${said# }' among the splats"
	done <<<"$ORDERS"
	if (no_splats "$log"); then fail "the log is judged to be clean"; fi
	grep -q 'kmemleak: [0-9]* new suspected' "$scratch/splats" || fail "the kernel found no leak"
	grep -q '^FAIL lost: .*unreferenced object' "$scratch/verdict" || fail "the suite lost found no leak"
}

# Without the pages that are unmapped while they are free: to map one makes the emulator forget all that it has
# translated, and the whole takes twice as long.  They are poisoned all the same.
guest_tests() {
	run_in_guest 14000 "$console" debug_pagealloc=off <<-END
		#!/bin/sh
		/tests/guest-tests --suites | sed 's/^/suite /' >&3
		/tests/guest-tests --list $chosen | sed 's/^/case /' >&3
		/tests/guest-tests --timeout=600 $chosen
		status=\$?
		dmesg
		exit \$status
	END
	keep_report "$report"
	all_reported "$report"
}

# What a kernel cannot run is left out by the guest.  Of this one it is what none of ours can, and what series.sh runs
# on one that has sockets, and nothing else.
every_suite() {
	local suite kind _ left='' expected=' self/elsewhere'
	[ -n "$short" ] || expected+=' cr/refused_absent'
	[ -f "$report" ] || fail "there is no report"
	while read -r suite kind _; do
		case $kind${short:+ $short} in
		hidden* | "long --short") continue ;;
		esac
		grep -Eq "^(pass|FAIL|skip) ${suite#*/}: " "$report" || left+=" $suite"
	done < <(sed -n 's/^suite //p' "$report")
	[ "$left" = "$expected" ] || fail "left out:$left; expected were:$expected"
}

clean_console() {
	[ -f "$console" ] || fail "there is no log"
	grep -q 'Brought up 1 node, 2 CPUs' "$console" || fail "the log's begin is missing, or the second CPU"
	grep -q 'reboot: Power down' "$console" || fail "the log's end is missing"
	no_splats "$console"
}

before_cases() {
	rm -f "$report" "$console"
}

after_cases() {
	show_report "$report" "$area: "
}

main "$@"
