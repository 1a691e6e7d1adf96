// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that were stopped are stopped again, by the same signal, and their parents learn of it once.  The end of
 * the restart sends the tree nothing: no SIGHUP to a stopped process group that becomes orphaned, no parent death
 * signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "proc.h"
#include "lib/procfs.h"
#include "lib/wait.h"
#include "roundtrip.h"

static const int stop_signals[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
#define STOPS ARRAY_SIZE(stop_signals)

static sigset_t of(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	return set;
}

/* A child, in a group of its own, that has stopped itself by the signal; nobody has waited for that. */
static pid_t stopped_child(int sig)
{
	siginfo_t info = { 0 };
	pid_t child = fork();

	if (!child) {
		setpgid(0, 0);
		raise(sig);
		_exit(sig);
	}
	MUST(!waitid(P_PID, child, &info, WSTOPPED | WNOWAIT) && info.si_pid == child);
	return child;
}

static void must_go_on(pid_t child, int status)
{
	int is;

	MUST(!kill(child, SIGCONT) && waitpid(child, &is, 0) == child);
	SAME(is, status);
}

static void unheard(void)
{
	pid_t child[STOPS];
	int status;

	for (size_t i = 0; i < STOPS; i++)
		child[i] = stopped_child(stop_signals[i]);
	record_here();
	for (size_t i = 0; i < STOPS; i++) {
		SAME(waitpid(child[i], &status, WUNTRACED | WNOHANG), child[i]);
		SAME(status, stop_signals[i] << 8 | 0x7f);
		SAME(waitpid(child[i], &status, WUNTRACED | WNOHANG), 0);
		must_go_on(child[i], stop_signals[i] << 8);
	}
}

/* The parent has waited, and taken the signal: it gets neither again. */
static void heard(void)
{
	const struct timespec now = { 0 };
	sigset_t set = of(SIGCHLD);
	pid_t child;
	int status;

	MUST(!sigprocmask(SIG_BLOCK, &set, NULL));
	child = stopped_child(SIGTSTP);
	MUST(waitpid(child, &status, WUNTRACED) == child && sigtimedwait(&set, NULL, &now) == SIGCHLD);
	record_here();
	SAME(waitpid(child, &status, WUNTRACED | WNOHANG), 0);
	SAME(sigtimedwait(&set, NULL, &now), -1);
	must_go_on(child, SIGTSTP << 8);
}

/* The signal that tells of it is pending, once and as it was. */
static void signalled(void)
{
	const struct timespec now = { 0 };
	sigset_t set = of(SIGCHLD);
	siginfo_t info = { 0 };
	pid_t child;

	MUST(!sigprocmask(SIG_BLOCK, &set, NULL));
	child = stopped_child(SIGTTIN);
	record_here();
	SAME(sigtimedwait(&set, &info, &now), SIGCHLD);
	SAME(info.si_pid, child);
	SAME(info.si_code, CLD_STOPPED);
	SAME(info.si_status, SIGTTIN);
	SAME(sigtimedwait(&set, NULL, &now), -1);
	must_go_on(child, SIGTTIN << 8);
}

static void *counts(void *arg) __attribute__((noreturn));

static void *counts(void *arg)
{
	volatile uint32_t *n = arg;

	for (;;) {
		++*n;
		sleep_ms(1);
	}
}

static void threads(void)
{
	volatile uint32_t *n = share_words();
	pid_t child = fork();
	pthread_t thread;
	uint32_t was[2];
	int status;

	if (!child) {
		setpgid(0, 0);
		MUST(!pthread_create(&thread, NULL, counts, (void *)&n[0]));
		counts((void *)&n[1]);
	}
	while (!n[0] || !n[1])
		sleep_ms(1);
	MUST(!kill(child, SIGTSTP) && waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
	memcpy(was, (const void *)n, sizeof(was));
	record_here();
	sleep_ms(50);
	SAME(n[0], was[0]);
	SAME(n[1], was[1]);
	MUST(!kill(child, SIGCONT));
	while (n[0] == was[0] || n[1] == was[1])
		sleep_ms(1);
	MUST(!kill(child, SIGKILL) && waitpid(child, NULL, 0) == child);
}

static const struct subject_row subjects[] = {
	{ "each stop signal, nobody has waited", unheard, EVERY_WAY & ~WAY_STOPPED },
	{ "the parent has waited", heard, EVERY_WAY & ~WAY_STOPPED },
	{ "the parent has a signal", signalled, EVERY_WAY & ~WAY_STOPPED },
	{ "a process with two threads", threads, 0 },
};

/* Trees that are no container: a process of this pid namespace, as a shell starts it. */
static pid_t start(struct restored *r, subject *run)
{
	use_images();
	*r = (struct restored){ 0 };
	list_tasks(&r->before);
	r->root = fork();
	if (!r->root)
		run_inside(run);
	restored_await("ready");
	return r->root;
}

static void stop_and_checkpoint(struct restored *r, int sig)
{
	if (sig && kill(r->root, sig))
		broken("stop the tree");
	while (sig && task_state(r->root) != 'T')
		sleep_ms(1);
	restored_checkpoint(r);
}

/* A restart as a job: in a process group of its own. */
static void restart_as_job(const char *option)
{
	pid_t job = fork();
	int status, null;

	if (!job) {
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(null, STDOUT_FILENO);
		setpgid(0, 0);
		execlp("restart", "restart", "-i", "image", option, NULL);
		_exit(127);
	}
	expect(waitpid(job, &status, 0), job, "the job");
	expect(status, 0, "the restart's status");
}

static bool nothing_pending(pid_t pid)
{
	char *status = procfs_text(pid, "status");
	bool none = status && !strtoull(procfs_value(status, "SigPnd"), NULL, 16) &&
		    !strtoull(procfs_value(status, "ShdPnd"), NULL, 16);

	free(status);
	return none;
}

/* The restart has ended: whatever the kernel does then, it has done. */
static void must_be_stopped(struct restored *r, int sig)
{
	int status;

	while (waitpid(r->root, &status, WUNTRACED | WNOHANG) != r->root)
		if (task_state(r->root) != 'T' && task_state(r->root) != 'R')
			fail("the stopped task is in state %c, and is not reported", task_state(r->root));
	expect(status, sig << 8 | 0x7f, "the stopped task's status");
	/* It is let go on to where it stops. */
	while (task_state(r->root) == 'R')
		sleep_ms(1);
	expect(task_state(r->root), 'T', "the stopped task's state");
	if (!nothing_pending(r->root))
		fail("the stopped task has got a signal");
	if (kill(r->root, SIGCONT))
		broken("SIGCONT");
	restored_answer(r);
	restored_end(r);
}

static void in_own_group(void)
{
	MUST(!setpgid(0, 0));
	record_here();
}

static void job(void)
{
	struct restored r;

	start(&r, in_own_group);
	stop_and_checkpoint(&r, SIGTSTP);
	expect(said_number(TOOL("restart", "-i", "image")), r.root, "the pid");
	must_be_stopped(&r, SIGTSTP);
}

static void of_our_job(void)
{
	struct restored r;

	start(&r, record_here);
	stop_and_checkpoint(&r, SIGSTOP);
	restart_as_job(NULL);
	must_be_stopped(&r, SIGSTOP);
}

static void left_stopped(void)
{
	struct restored r;

	start(&r, in_own_group);
	stop_and_checkpoint(&r, 0);
	restart_as_job("--stopped");
	while (task_state(r.root) == 'R')
		sleep_ms(1);
	must_be_stopped(&r, SIGSTOP);
}

static void waits_for_death(void)
{
	sigset_t set = of(SIGUSR1);

	MUST(!sigprocmask(SIG_BLOCK, &set, NULL) && !prctl(PR_SET_PDEATHSIG, SIGUSR1));
	record_here();
}

static void death(void)
{
	struct restored r;

	start(&r, waits_for_death);
	stop_and_checkpoint(&r, 0);
	restart_as_job(NULL);
	if (!nothing_pending(r.root))
		fail("the restart's end counts as that of the parent");
	restored_answer(&r);
	restored_end(&r);
}

/* The end of who leads a session hangs up on all who have its terminal. */
static void leader(void)
{
	struct restored r;
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), status, null;
	pid_t child;

	start(&r, record_here);
	stop_and_checkpoint(&r, 0);
	if (master < 0 || ioctl(master, TIOCSPTLCK, &(int){ 0 }))
		broken("make a terminal");
	child = fork();
	if (!child) {
		setsid();
		null = ioctl(master, TIOCGPTPEER, O_RDWR | O_CLOEXEC);
		if (null < 0 || ioctl(null, TIOCSCTTY, 0))
			broken("take a terminal");
		null = open("err", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		dup2(null, STDERR_FILENO);
		execlp("restart", "restart", "-i", "image", NULL);
		_exit(127);
	}
	expect(waitpid(child, &status, 0), child, "the restart");
	expect(status, 1 << 8, "the restart's status");
	succeeded(TOOL("grep", "-q", "leads the session of its terminal", "err"));
	same_tasks(&r.before, "the restart");
	close(master);
}

static const struct function_row functions[] = {
	{ "a stopped job, and the restart ends", job },
	{ "a stopped process of the restart's group, and the restart ends", of_our_job },
	{ "restart --stopped, and it ends", left_stopped },
	{ "a signal for when the parent ends", death },
	{ "a restart that leads the session of its terminal", leader },
};

static const struct group restored_stops_groups[] = { SUBJECTS(subjects), FUNCTIONS(functions) };
SUITE(restored_stops);
