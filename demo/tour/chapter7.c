// SPDX-License-Identifier: GPL-2.0
/* What the kernel refuses: provoke every error of the call, and a bug of 2009. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "caps.h"
#include "lesson.h"

#define STORY_COUNT 0xc0000400u

/* One call that is to be refused. */
struct refusal {
	int expected;
	const char *what;
	int (*call)(void);	/* errno of the call, 0 if it was not refused */
};

/* Make the call with correct arguments, except for what the callers below change. */
static int call(unsigned long flags, struct clone_with_pids_args args, long size, const void *pids)
{
	long ret = clone_with_pids_raw(flags | SIGCHLD, &args, size, NULL, pids);

	if (!ret)
		_exit(0);
	if (ret > 0)
		waitpid(ret, NULL, 0);
	return ret < 0 ? -ret : 0;
}

static int call_args(struct clone_with_pids_args args)
{
	static const pid_t pids[] = { 0 };

	return call(0, args, sizeof(args), pids);
}

static int call_pids(const pid_t *pids, unsigned int nr)
{
	return call(0, (struct clone_with_pids_args){ .nr_pids = nr }, CLONE_WITH_PIDS_ARGS_SIZE, pids);
}

static int size_55(void)
{
	return call(0, (struct clone_with_pids_args){ 0 }, 55, NULL);
}

static int args_unreadable(void)
{
	return -clone_with_pids_raw(SIGCHLD, (void *)16, CLONE_WITH_PIDS_ARGS_SIZE, NULL, NULL);
}

static int flags_high(void)
{
	return call_args((struct clone_with_pids_args){ .clone_flags_high = 1 });
}

static int reserved(void)
{
	return call_args((struct clone_with_pids_args){ .reserved0 = 1 });
}

static int pointer_64(void)
{
	return call_args((struct clone_with_pids_args){ .child_tid_ptr = 1ULL << 32 });
}

static int stack_wraps(void)
{
	return call_args((struct clone_with_pids_args){
		.child_stack_base = 0xfffff000, .child_stack_size = 0x1000 });
}

static int stack_without_base(void)
{
	return call_args((struct clone_with_pids_args){ .child_stack_size = 4096 });
}

static int too_many(void)
{
	static const pid_t pids[MAX_LEVELS + 1];

	return call_pids(pids, MAX_LEVELS + 1);
}

static int story_count(void)
{
	return call_pids(NULL, STORY_COUNT);
}

static int call_without_capability(void *arg)
{
	static const pid_t pids[] = { 4000 };

	(void)arg;
	return caps_drop_all() ? 255 : call_pids(pids, 1);
}

static int not_capable(void)
{
	return lesson_in_child(call_without_capability, NULL);
}

static int pids_unreadable(void)
{
	return call_pids((pid_t *)16, 1);
}

static int pid_negative(void)
{
	return call_pids((pid_t[]){ -5 }, 1);
}

static int pid_max(void)
{
	int max = 0;
	FILE *f = fopen("/proc/sys/kernel/pid_max", "re");

	if (!f)
		return errno;
	if (fscanf(f, "%d", &max) != 1)
		max = 0;
	fclose(f);
	return call_pids(&max, 1);
}

static int call_in_empty_namespace(void *arg)
{
	(void)arg;
	if (unshare(CLONE_NEWPID))
		return 255;
	return call_pids((pid_t[]){ 7 }, 1);
}

static int no_init_yet(void)
{
	return lesson_in_child(call_in_empty_namespace, NULL);
}

static int taken(void)
{
	return call_pids((pid_t[]){ 1 }, 1);
}

static int clones_own(void)
{
	return call(CLONE_SIGHAND, (struct clone_with_pids_args){ .nr_pids = 1 },
		    CLONE_WITH_PIDS_ARGS_SIZE, (pid_t[]){ 4000 });
}

/* In the order in which the kernel checks; see the table in the documentation. */
static const struct refusal refusals[] = {
	{ EINVAL, "args_size is 55, not 56",                         size_55 },
	{ EFAULT, "args cannot be read (address 16)",                args_unreadable },
	{ EINVAL, "clone_flags_high is 1: no such flag exists",      flags_high },
	{ EINVAL, "reserved0 is 1: kept for later, must be 0",       reserved },
	{ EINVAL, "child_tid_ptr does not fit in 32 bits",           pointer_64 },
	{ EINVAL, "the stack's end wraps: 0xfffff000 + 0x1000",      stack_wraps },
	{ EINVAL, "a stack with a size and no base",                 stack_without_base },
	{ EINVAL, "34 pids, and there are never 34 levels",           too_many },
	{ EINVAL, "0xc0000400 pids (next screen)",                   story_count },
	{ EPERM,  "a list without CAP_SYS_ADMIN",                    not_capable },
	{ EFAULT, "pids cannot be read (address 16)",                pids_unreadable },
	{ EINVAL, "pid -5: negative",                                pid_negative },
	{ EINVAL, "a pid that is not below pid_max",                 pid_max },
	{ EINVAL, "pid 7 in a namespace that has no pid 1 yet",      no_init_yet },
	{ EBUSY,  "pid 1: taken, by init",                           taken },
	{ EINVAL, "CLONE_SIGHAND without CLONE_VM: clone()'s rule",  clones_own },
};
#define N_REFUSALS ((int)(sizeof(refusals) / sizeof(*refusals)))

static enum nav_kind explain(void)
{
	ui_screen(7, "What the kernel refuses");
	ui_text("A call that chooses pids must be strict: a pid given to the wrong task sends\n"
		"signals to the wrong task.\n"
		"\n"
		"clone_with_pids() checks everything before it takes anything, in a fixed order:\n"
		"first its struct of arguments, then the number of pids, then whether the caller\n"
		"may choose pids at all, then the pids.  A caller who may not choose cannot find\n"
		"out which pids are taken.\n"
		"\n"
		"A refused call changes nothing.  If the third pid of a list is taken, the first\n"
		"two stay free, and the counters for the pids of ordinary children do not move.\n"
		"\n"
		"Next: calls that provoke each check, in the order of the checks.\n");
	return ui_pause();
}

static enum nav_kind provoke(void)
{
	int wrong = 0;

	ui_screen(7, "What the kernel refuses: every error");
	ui_text("%-50s%10s%12s\n", "THE CALL HAS", "expected", "answer");
	for (int i = 0; i < N_REFUSALS; i++) {
		int error = refusals[i].call();

		ui_text("%-50s%10s", refusals[i].what, errno_name(refusals[i].expected));
		ui_print(error == refusals[i].expected ? COLOUR_GOOD : COLOUR_BAD, "%12s%s\n",
			 errno_name(error), error == refusals[i].expected ? "" : " WRONG");
		wrong += error != refusals[i].expected;
	}
	if (wrong) {
		ui_show();
		return ui_failed("%d of %d calls were not answered as documented", wrong, N_REFUSALS);
	}
	ui_text("\nThe kernel refused all %d, with the errors that the documentation names.\n", N_REFUSALS);
	return ui_pause();
}

static int call_story_without_capability(void *arg)
{
	(void)arg;
	return caps_drop_all() ? 255 : story_count();
}

static enum nav_kind tell_story(void)
{
	int as_int = (int)STORY_COUNT;
	uint32_t bytes = STORY_COUNT * (uint32_t)sizeof(pid_t);
	int answer = lesson_in_child(call_story_without_capability, NULL);

	ui_screen(7, "What the kernel refuses: the story of 0xc0000400");
	ui_text("In 2009, version 6 of the patch made nr_pids unsigned in the struct and dropped\n"
		"the check \"< 0\".  But the function that copied the list still took an int, up\n"
		"to version 11, the last under this name:\n\n");
	ui_print(COLOUR_CALL,
		 "    if (unum_pids > knum_pids)            0x%x as an int: %d,\n"
		 "            return -EINVAL;               below any number of levels\n"
		 "    j    = knum_pids - unum_pids;         huge: an index before the buffer\n"
		 "    size = unum_pids * sizeof(pid_t);     in 32 bits: %u bytes\n"
		 "    copy_from_user(&target_pids[j], ...)  a write over the kernel's heap\n",
		 STORY_COUNT, as_int, bytes);
	ui_text("\n"
		"This program computed these numbers just now, by the rules of C.  The check for\n"
		"CAP_SYS_ADMIN came after the copy: any user could do this.\n"
		"\n"
		"Our port compares unsigned, before it copies.  A child of this program dropped\n"
		"all capabilities and made that call:\n\n");
	ui_print(answer == EINVAL ? COLOUR_GOOD : COLOUR_BAD,
		 "    nr_pids = 0x%x  ->  %s\n", STORY_COUNT, errno_name(answer));
	if (answer != EINVAL || bytes != 4096 || as_int >= 0)
		return ui_failed("0x%x pids: %s", STORY_COUNT, errno_name(answer));
	ui_text("\nOne sign, lost between a struct and a function.\n");
	return ui_pause();
}

enum nav_kind chapter7(void)
{
	enum nav_kind nav = explain();

	if (!nav)
		nav = provoke();
	if (!nav)
		nav = tell_story();
	return nav;
}
