// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <asm/unistd.h>

#include "call.h"

void create_call_prepare(struct create_call *call, bool clone3, const struct numbers *pid, const struct chosen *chosen,
			 unsigned long flags, unsigned int exit_signal)
{
	*call = (struct create_call){ .number = __NR_clone, .arg = { flags | exit_signal } };
	if (!chosen->n)
		return;
	if (clone3) {
		call->number = __NR_clone3;
		call->n = clone3_list(call->pids, flags, pid->nr + chosen->first, chosen->n);
		call->size = sizeof(call->args.clone3);
		call->args.clone3 = (struct clone_args){
			.flags = flags, .exit_signal = exit_signal, .set_tid_size = call->n,
		};
	} else {
		call->number = __NR_clone_with_pids;
		call->n = chosen->n;
		memcpy(call->pids, pid->nr + chosen->first, chosen->n * sizeof(call->pids[0]));
		call->size = sizeof(call->args.with_pids);
		call->args.with_pids = (struct clone_with_pids_args){ .nr_pids = call->n };
	}
}

void create_call_set_pids(struct create_call *call, unsigned long address)
{
	if (call->number == __NR_clone3)
		call->args.clone3.set_tid = address;
	else if (call->number == __NR_clone_with_pids)
		call->arg[4] = address;
}

void create_call_set_args(struct create_call *call, unsigned long address)
{
	if (call->number == __NR_clone3) {
		call->arg[0] = address;
		call->arg[1] = call->size;
	} else if (call->number == __NR_clone_with_pids) {
		call->arg[1] = address;
		call->arg[2] = call->size;
	}
}

long create_call_make(struct create_call *call)
{
	const unsigned long *arg = call->arg;

	create_call_set_pids(call, (unsigned long)call->pids);
	create_call_set_args(call, (unsigned long)&call->args);
	return system_call(call->number, arg[0], arg[1], arg[2], arg[3], arg[4]);
}
