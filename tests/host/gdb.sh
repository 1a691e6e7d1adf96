#!/bin/bash
# ./build.sh run --gdb: gdb on the running kernel.
# shellcheck disable=SC2317 # the cases are called by their names
. "${0%/*}/lib.sh"

# shellcheck disable=SC2034 # lib.sh's main reads it
CASES="
3000 built  | the kernel with debug information is built, and the kernel's own commands for gdb
600  breaks | gdb stops a task in the system call, knows names and lines, and lets the machine go on
"

built() {
	make_outputs gdb-kernel
}

breaks() {
	local machine
	rm -f build/gdb/stub
	iso/run.sh --auto --gdb >"$scratch/console" 2>&1 </dev/null &
	machine=$!
	until [ -S build/gdb/stub ]; do
		kill -0 "$machine" || fail "the machine has ended: $(tail -n 1 "$scratch/console")"
		sleep 0.1
	done
	gdb -nx -batch -x kernel/attach.gdb -ex 'break reserve_upids' -ex continue -ex backtrace -ex lx-ps -ex delete \
		-ex 'add-symbol-file build/tools/restart.debug' -ex 'break rebuild_compare' -ex continue -ex backtrace \
		-ex delete -ex detach >"$scratch/said" 2>&1 </dev/null || true
	cat "$scratch/said"
	grep -q '^Breakpoint 1, reserve_upids (.*) at .*/kernel/pid\.c:[0-9]' "$scratch/said" || fail "no break in reserve_upids()"
	grep -Eq '^#[1-9].* in .*clone_with_pids.* at .*/kernel/clone_with_pids\.c:[0-9]' "$scratch/said" ||
		fail "the system call is not in the backtrace"
	grep -Eq '^0x[0-9a-f]+ +[0-9]+ +restart' "$scratch/said" || fail "the kernel's commands for gdb do not list the task"
	grep -q '^Breakpoint 2, rebuild_compare (.*) at cr/rebuild/compare\.c:[0-9]' "$scratch/said" ||
		fail "no break in a tool"
	wait "$machine" || fail "the tour did not go on: $(tail -n 1 "$scratch/console")"
}

main "$@"
