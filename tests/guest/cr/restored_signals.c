// SPDX-License-Identifier: GPL-2.0
/* Signals come back: actions, masks, pending signals, alternate stacks; and stopped processes stay stopped. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/wait.h"
#include "roundtrip.h"

#define RT 36		/* the C library keeps the first three for itself */

/* As the kernel has it, with what the C library hides. */
struct action {
	unsigned long handler, flags, restorer, mask[2];
};

static int kernel_action(int sig, const struct action *new, struct action *old)
{
	return syscall(SYS_rt_sigaction, sig, new, old, 8);
}

static void handler_of(int sig)
{
	(void)sig;
}

static void set_actions(void)
{
	static const unsigned long flags[] = {
		SA_RESTART, SA_SIGINFO, SA_NODEFER, SA_RESETHAND, SA_ONSTACK, SA_RESTART | SA_SIGINFO | SA_ONSTACK,
	};

	for (int sig = 1; sig <= 64; sig++) {
		struct action a = { .flags = flags[sig % ARRAY_SIZE(flags)], .mask = { 0x10101 * sig, 0x20202 * sig } };

		a.mask[0] &= ~(1UL << (SIGKILL - 1) | 1UL << (SIGSTOP - 1));	/* the kernel drops them */
		a.handler = sig % 4 == 0 ? (unsigned long)SIG_IGN : sig % 4 == 1 ? (unsigned long)handler_of : 0;
		if (sig % 4 == 2)
			a = (struct action){ 0 };
		if (sig != SIGKILL && sig != SIGSTOP && sig != SIGSEGV && sig != SIGBUS)
			MUST(!kernel_action(sig, &a, NULL));
	}
	signal(SIGCHLD, handler_of);
	MUST(!kernel_action(SIGCHLD, &(struct action){ (unsigned long)handler_of, SA_NOCLDSTOP | SA_NOCLDWAIT, 0, { 0 } },
			    NULL));
}

static void actions(void)
{
	static struct action was[65], is;

	set_actions();
	for (int sig = 1; sig <= 64; sig++)
		MUST(!kernel_action(sig, NULL, &was[sig]));
	record_here();
	for (int sig = 1; sig <= 64; sig++) {
		MUST(!kernel_action(sig, NULL, &is));
		if (is.handler != was[sig].handler)
			wrong("signal %d: its handler is %lx and was %lx", sig, is.handler, was[sig].handler);
		/* Flags and mask of a signal without a handler mean nothing, and are not looked for. */
		if (was[sig].handler > 1 && memcmp(&is, &was[sig], sizeof(is)))
			wrong("signal %d: its flags were %lx and are %lx, or its mask differs", sig, was[sig].flags, is.flags);
	}
	MUST(!kernel_action(SIGCHLD, NULL, &is) && is.flags == (SA_NOCLDSTOP | SA_NOCLDWAIT));
}

/* What a default action does; not to an init, so that it is for a child to see. */
static void default_actions(void)
{
	static const int fatal[] = { SIGALRM, SIGPIPE, SIGHUP, SIGINT, SIGUSR1, SIGSEGV, SIGTERM, SIGPROF, 40 };
	pid_t child[ARRAY_SIZE(fatal)];
	int status;

	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++) {
		child[i] = fork();
		while (!child[i])
			pause();
	}
	record_here();
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++) {
		MUST(!kill(child[i], fatal[i]) && waitpid(child[i], &status, 0) == child[i]);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != fatal[i])
			wrong("signal %d: wait status 0x%x", fatal[i], status);
	}
}

static void masks(void)
{
	unsigned long set[2] = { 0xa5a5a5a5 & ~(1UL << (SIGKILL - 1) | 1UL << (SIGSTOP - 1)), 0x5a5a5a5a }, is[2];

	MUST(!syscall(SYS_rt_sigprocmask, SIG_SETMASK, set, NULL, 8));
	record_here();
	MUST(!syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, is, 8));
	SAME(is[0], set[0]);
	SAME(is[1], set[1]);
}

static void expect_pending(int sig, int code, int value)
{
	const struct timespec at_once = { 0, 0 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	SAME(sigtimedwait(&set, &info, &at_once), sig);
	SAME(info.si_code, code);
	SAME(info.si_uid, 0);
	if (code == SI_QUEUE)
		SAME(info.si_value.sival_int, value);
	if (code == SI_QUEUE || code == SI_USER || code == SI_TKILL)
		SAME(info.si_pid, 1);
	if (code == CLD_EXITED) {
		SAME(info.si_pid, value);
		SAME(info.si_status, 9);
	}
}

static void none_pending(void)
{
	unsigned long pending[2] = { 1, 1 };

	MUST(!syscall(SYS_rt_sigpending, pending, 8));
	MUST(!pending[0] && !pending[1]);
}

static void pending(void)
{
	sigset_t all;
	pid_t child;

	sigfillset(&all);
	MUST(!sigprocmask(SIG_SETMASK, &all, NULL));
	MUST(!kill(getpid(), SIGUSR1));
	MUST(!syscall(SYS_tgkill, getpid(), getpid(), SIGUSR2));
	for (int i = 0; i < 50; i++)
		MUST(!sigqueue(getpid(), RT, (union sigval){ .sival_int = 1000 + i }));
	MUST(!sigqueue(getpid(), SIGTERM, (union sigval){ .sival_int = 7 }));
	MUST(!syscall(SYS_tgkill, getpid(), getpid(), RT + 1));
	MUST(!kill(getpid(), RT + 1));
	child = fork();
	if (!child)
		_exit(9);
	MUST(waitpid(child, NULL, 0) == child);
	record_here();
	expect_pending(SIGUSR1, SI_USER, 0);
	expect_pending(SIGUSR2, SI_TKILL, 0);
	for (int i = 0; i < 50; i++)
		expect_pending(RT, SI_QUEUE, 1000 + i);
	expect_pending(SIGTERM, SI_QUEUE, 7);
	expect_pending(RT + 1, SI_TKILL, 0);		/* the thread's own come first */
	expect_pending(RT + 1, SI_USER, 0);
	expect_pending(SIGCHLD, CLD_EXITED, child);
	none_pending();
}

static volatile sig_atomic_t handled;

static void count(int sig)
{
	(void)sig;
	handled++;
}

/* Pending, and not blocked any more when the program has been restarted: its handler runs. */
static void pending_delivered(void)
{
	sigset_t set, old;

	signal(SIGUSR1, count);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	MUST(!sigprocmask(SIG_BLOCK, &set, &old));
	MUST(!raise(SIGUSR1));
	record_here();
	SAME(handled, 0);
	MUST(!sigprocmask(SIG_SETMASK, &old, NULL));
	SAME(handled, 1);
	MUST(!raise(SIGUSR1));
	SAME(handled, 2);
}

static unsigned char alternate[65536];
static volatile unsigned long handler_sp;

static bool is_alternate(unsigned long sp)
{
	return sp >= (unsigned long)alternate && sp < (unsigned long)alternate + sizeof(alternate);
}

static void handler_on_stack(int sig)
{
	volatile int here = 4711;
	stack_t is;

	(void)sig;
	handler_sp = (unsigned long)&here;
	if (handled++)
		return;
	MUST(!sigaltstack(NULL, &is) && is.ss_flags == SS_ONSTACK);
	record_here();
	SAME(here, 4711);
	MUST(!sigaltstack(NULL, &is) && is.ss_flags == SS_ONSTACK && is.ss_sp == alternate);
}

/* Restarted in a handler on the alternate stack, from which it then returns. */
static void alternate_stack(void)
{
	const stack_t stack = { .ss_sp = alternate, .ss_size = sizeof(alternate) };
	const struct sigaction a = { .sa_handler = handler_on_stack, .sa_flags = SA_ONSTACK };
	stack_t is;

	MUST(!sigaltstack(&stack, NULL) && !sigaction(SIGUSR1, &a, NULL));
	MUST(!raise(SIGUSR1));
	MUST(handled == 1 && is_alternate(handler_sp));
	MUST(!sigaltstack(NULL, &is) && !is.ss_flags && is.ss_sp == alternate && is.ss_size == sizeof(alternate));
	handler_sp = 0;
	MUST(!raise(SIGUSR1));
	MUST(handled == 2 && is_alternate(handler_sp));
}

/*
 * A thread may call anything its alternate stack, the place of other programs' stacks for instance: that of the
 * restarting program is there.
 */
static void *thread_with_alternate(void *arg)
{
	const stack_t stack = { .ss_sp = (void *)0xbe000000, .ss_size = 0x1fff000, .ss_flags = 1 << 31 };
	volatile uint32_t *words = arg;
	stack_t is;

	MUST(!sigaltstack(&stack, NULL));
	words[0] = 1;
	await_restart();
	MUST(!sigaltstack(NULL, &is));
	MUST(is.ss_sp == stack.ss_sp && is.ss_size == stack.ss_size);
	SAME(is.ss_flags, 1 << 31);	/* SS_AUTODISARM */
	return NULL;
}

static void alternate_anywhere(void)
{
	volatile uint32_t words[1] = { 0 };
	pthread_t thread;

	MUST(!pthread_create(&thread, NULL, thread_with_alternate, (void *)words));
	await_word(&words[0], 1);
	record_here();
	MUST(!pthread_join(thread, NULL));
}

/* A process that counts, while it is not stopped. */
static void stopped(void)
{
	volatile uint32_t *words = share_words();
	pid_t child = fork();
	uint32_t was;
	int status;

	while (!child) {
		words[0]++;
		words[1] = words[2];
		sleep_ms(1);
	}
	MUST(!kill(child, SIGSTOP) && waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	was = words[0];
	record_here();
	sleep_ms(200);
	SAME(words[0], was);
	MUST(!kill(child, SIGCONT));
	words[2] = 1;
	await_word(&words[1], 1);
	MUST(words[0] > was);
	MUST(!kill(child, SIGKILL) && waitpid(child, &status, 0) == child && WIFSIGNALED(status));
}

/* The child is told that its parent has ended; also one whose user is nobody, who may not do what root may. */
static void parent_death(void)
{
	static const int uids[] = { 0, 65534 };
	volatile uint32_t *words = share_words();
	pid_t parent = fork();

	if (!parent) {
		for (size_t i = 0; i < ARRAY_SIZE(uids); i++) {
			sigset_t set;

			if (fork())
				continue;
			sigfillset(&set);
			MUST(!sigprocmask(SIG_SETMASK, &set, NULL) && !setresuid(uids[i], uids[i], uids[i]));
			MUST(!prctl(PR_SET_PDEATHSIG, SIGUSR2) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
			MUST(!prctl(PR_SET_DUMPABLE, !i));
			words[i] = 1;
			sigemptyset(&set);
			sigaddset(&set, SIGUSR2);
			words[10 + i] = sigwaitinfo(&set, NULL);
			words[20 + i] = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
			words[30 + i] = 1 + prctl(PR_GET_DUMPABLE);
			_exit(0);
		}
		pause();
	}
	await_word(&words[0], 1);
	await_word(&words[1], 1);
	record_here();
	MUST(!kill(parent, SIGKILL));
	for (int i = 0; i < 2; i++) {
		await_word(&words[10 + i], SIGUSR2);
		await_word(&words[30 + i], i ? 1 : 2);
		SAME(words[20 + i], 1);
	}
}

static const struct subject_row subjects[] = {
	{ "the actions of all signals", actions, EVERY_WAY },
	{ "default actions act", default_actions, 0 },
	{ "blocked signals", masks, EVERY_WAY },
	{ "pending signals of thread and process, with what they say", pending, EVERY_WAY & ~WAY_STOPPED },
	{ "a pending signal is delivered when it is unblocked", pending_delivered, 0 },
	{ "in a handler on an alternate stack", alternate_stack, EVERY_WAY },
	{ "an alternate stack where other stacks are", alternate_anywhere, 0 },
	{ "a stopped process stays stopped", stopped, EVERY_WAY & ~WAY_STOPPED },
	{ "parent death signal, no_new_privs and dumpable", parent_death, 0 },
};

/* Who restarts may ignore signals, as nohup does: the restarted program does not for that. */
static void ignored_by_the_tool(void)
{
	struct restored r;

	use_images();
	restored_start(&r, default_actions);
	restored_checkpoint(&r);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(40, SIG_IGN);
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "signals that the tool ignores", ignored_by_the_tool },
};

static const struct group restored_signals_groups[] = { SUBJECTS(subjects), FUNCTIONS(functions) };
SUITE(restored_signals);
