// SPDX-License-Identifier: GPL-2.0
/*
 * A program's identity comes back: ids, groups, capabilities and what bounds them, limits, scheduling, and the names of
 * its container.  The program looks at itself before and after, and the test looks at it through /proc.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "calls.h"
#include "lib/procfs.h"
#include "roundtrip.h"
#include "outside.h"

#define BIT(cap) (1ULL << (cap))

static void set_capabilities(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {
		{ effective, permitted, inheritable },
		{ effective >> 32, permitted >> 32, inheritable >> 32 },
	};

	MUST(!syscall(SYS_capset, &header, data));
}

static void nobody(void)
{
	const gid_t groups[] = { 5, 6, 70000 };

	MUST(!syscall(SYS_setgroups32, 3, groups) && !setgid(1001) && !setuid(1000));
}

static void many_ids(void)
{
	MUST(!syscall(SYS_setgroups32, 0, NULL) && !setresgid(11, 12, 13) && !setresuid(21, 22, 23));
}

static void file_ids(void)
{
	MUST(!setresgid(11, 12, 13) && setfsgid(13) >= 0 && !setresuid(21, 0, 23) && setfsuid(23) >= 0);
	SAME(setfsuid(-1), 23);
}

static void some_capabilities(void)
{
	const uint64_t some = BIT(CAP_KILL) | BIT(CAP_NET_ADMIN) | BIT(CAP_CHECKPOINT_RESTORE);

	MUST(!prctl(PR_SET_KEEPCAPS, 1) && !setuid(1000));
	set_capabilities(BIT(CAP_KILL), some, BIT(CAP_CHOWN) | BIT(CAP_KILL));
}

static void bounding_set(void)
{
	set_capabilities(~0ULL >> (63 - CAP_CHECKPOINT_RESTORE), ~0ULL >> (63 - CAP_CHECKPOINT_RESTORE), BIT(CAP_MKNOD));
	MUST(!prctl(PR_CAPBSET_DROP, CAP_MKNOD) && !prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT));
}

static void ambient_set(void)
{
	const uint64_t some = BIT(CAP_KILL) | BIT(CAP_SETPCAP);

	MUST(!prctl(PR_SET_KEEPCAPS, 1) && !setuid(1000));
	set_capabilities(some, some, BIT(CAP_KILL));
	MUST(!prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
	MUST(!prctl(PR_SET_SECUREBITS, SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED));
}

static void secure_bits(void)
{
	MUST(!prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS | SECBIT_KEEP_CAPS_LOCKED));
	MUST(!setuid(1000));
}

static void no_new_privileges(void)
{
	MUST(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_DUMPABLE, 0) && !prctl(PR_SET_NAME, "a\nname)  x"));
}

static void death_signal(void)
{
	MUST(!setuid(1000) && !prctl(PR_SET_PDEATHSIG, SIGUSR2));
}

static void scheduling(void)
{
	struct sched_param param = { .sched_priority = 7 };

	MUST(!setpriority(PRIO_PROCESS, 0, -13));
	MUST(!syscall(SYS_sched_setscheduler, 0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param));
}

static void batch(void)
{
	struct sched_param param = { 0 };

	MUST(!setpriority(PRIO_PROCESS, 0, 19) && !syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &param));
	MUST(!personality(ADDR_NO_RANDOMIZE | UNAME26) && !prctl(PR_SET_CHILD_SUBREAPER, 1));
}

/* Below what it has: descriptors, memory. */
static void limits(void)
{
	const struct rlimit files = { 3, 5 }, memory = { 32 << 20, 64 << 20 }, core = { 0, 4096 }, pending = { 0, 100 };
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	MUST(fd >= 0 && write(fd, "-77", 3) == 3 && !close(fd) && dup2(0, 50) == 50);
	MUST(!setrlimit(RLIMIT_NOFILE, &files) && !setrlimit(RLIMIT_AS, &memory) && !setrlimit(RLIMIT_CORE, &core));
	MUST(!setrlimit(RLIMIT_SIGPENDING, &pending));
}

/* What a program can ask about itself. */
struct self {
	uid_t uid[4];
	gid_t gid[4], groups[8];
	int n_groups, securebits, no_new_privs, dumpable, death_signal, subreaper, nice, policy, personality;
	struct sched_param param;
	struct rlimit limit[16];
	uint64_t bounding, ambient;
	struct __user_cap_data_struct capabilities[2];
	char name[16];
};

static void look(struct self *s)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };

	memset(s, 0, sizeof(*s));
	getresuid(&s->uid[0], &s->uid[1], &s->uid[2]);
	getresgid(&s->gid[0], &s->gid[1], &s->gid[2]);
	s->uid[3] = setfsuid(-1);
	s->gid[3] = setfsgid(-1);
	s->n_groups = getgroups(8, s->groups);
	s->securebits = prctl(PR_GET_SECUREBITS);
	s->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	s->dumpable = prctl(PR_GET_DUMPABLE);
	prctl(PR_GET_PDEATHSIG, &s->death_signal);
	prctl(PR_GET_CHILD_SUBREAPER, &s->subreaper);
	prctl(PR_GET_NAME, s->name);
	s->nice = getpriority(PRIO_PROCESS, 0);
	s->policy = syscall(SYS_sched_getscheduler, 0);
	syscall(SYS_sched_getparam, 0, &s->param);
	s->personality = personality(~0UL);
	for (int i = 0; i < 16; i++)
		getrlimit(i, &s->limit[i]);
	for (int cap = 0; cap <= CAP_CHECKPOINT_RESTORE; cap++) {
		s->bounding |= (uint64_t)(prctl(PR_CAPBSET_READ, cap) > 0) << cap;
		s->ambient |= (uint64_t)(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) > 0) << cap;
	}
	syscall(SYS_capget, &header, s->capabilities);
}

struct row {
	const char *name;
	void (*prepare)(void);
};

static const struct row *now;

/* A child of the root's is it: the root can say what is wrong, whoever the child is. */
static void somebody(void)
{
	volatile uint32_t *word = share_words();
	static struct self before, after;
	int status;
	pid_t pid = fork();

	if (!pid) {
		now->prepare();
		look(&before);
		word[0] = 1;
		while (!word[1])
			usleep(1000);
		look(&after);
		for (word[2] = 0; word[2] < sizeof(before); word[2]++)
			if (((char *)&before)[word[2]] != ((char *)&after)[word[2]])
				_exit(1);
		_exit(0);
	}
	await_word(word, 1);
	record_here();
	word[1] = 1;
	MUST(waitpid(pid, &status, 0) == pid);
	if (status)
		wrong("wait status 0x%x; byte %u of struct self differs", status, word[2]);
}

static const struct row rows[] = {
	{ "a user with groups and without privileges", nobody },
	{ "real, effective and saved ids", many_ids },
	{ "ids for files", file_ids },
	{ "a user with some capabilities", some_capabilities },
	{ "a smaller bounding set, and one inheritable that is not in it", bounding_set },
	{ "the ambient set, and securebits that lock it", ambient_set },
	{ "securebits", secure_bits },
	{ "no_new_privs, not dumpable, a strange name", no_new_privileges },
	{ "a parent death signal of a user's", death_signal },
	{ "nice, SCHED_FIFO, reset on fork", scheduling },
	{ "SCHED_BATCH, personality, subreaper", batch },
	{ "limits below what it has, oom_score_adj", limits },
};

static void run_row(const void *row)
{
	struct restored r;
	char *before;

	now = row;
	use_images();
	restored_start(&r, somebody);
	before = seen_from_outside(r.root);
	restored_checkpoint(&r);
	restored_restart(&r, WAY_ALL);
	seen_the_same(before, seen_from_outside(r.root));
	restored_answer(&r);
	restored_end(&r);
}

/* 64 characters: __NEW_UTS_LEN. */
#define LONGEST "a123456789b123456789c123456789d123456789e123456789f123456789g123"

static bool is_called(const char *node, const char *domain)
{
	struct utsname name;

	return !uname(&name) && !strcmp(name.nodename, node) && !strcmp(name.domainname, domain);
}

static void be_called(const char *node, const char *domain)
{
	MUST(!sethostname(node, strlen(node)) && !setdomainname(domain, strlen(domain)));
}

/* The root has a name, a container below has another one, a third one there has that, too. */
static void host_names(void)
{
	volatile uint32_t *word = share_words();
	int status;
	pid_t inner;

	MUST(!unshare(CLONE_NEWUTS));
	be_called("outer", "");
	inner = plain_clone(CLONE_NEWPID | CLONE_NEWUTS);
	if (!inner) {
		pid_t child;

		be_called(LONGEST, "example");
		child = plain_clone(0);
		if (!child) {
			*word = 1;
			await_restart();
			_exit(is_called(LONGEST, "example"));
		}
		await_restart();
		MUST(waitpid(child, &status, 0) == child && status == 1 << 8);
		be_called("new", "new");
		_exit(is_called("new", "new"));
	}
	await_word(word, 1);
	record_here();
	MUST(waitpid(inner, &status, 0) == inner && status == 1 << 8);
	MUST(is_called("outer", ""));
}

/* A container with a /proc of its own, and one inside it with another. */
static void own_proc(unsigned int deeper, volatile uint32_t *word)
{
	char self[16] = "";
	pid_t child;
	int status;

	MUST(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) && !mount("proc", "/proc", "proc", 0, NULL));
	child = plain_clone(deeper ? CLONE_NEWPID | CLONE_NEWNS : 0);
	if (!child) {
		if (deeper)
			own_proc(deeper - 1, word);
		*word = 1;
		await_restart();
		_exit(readlink("/proc/self", self, sizeof(self)) != 1 || *self != (deeper ? '1' : '2'));
	}
	await_word(word, 1);
	if (deeper == 1)
		record_here();
	else
		await_restart();
	MUST(readlink("/proc/self", self, sizeof(self)) == 1 && *self == '1');
	MUST(!access("/proc/2", F_OK) && access(deeper ? "/proc/4" : "/proc/3", F_OK));
	MUST(waitpid(child, &status, 0) == child && !status);
	if (!deeper)
		_exit(0);
}

static void mounted_proc(void)
{
	MUST(!unshare(CLONE_NEWNS));
	own_proc(1, share_words());
}

static const struct subject_row subjects[] = {
	{ "host and domain names of nested containers", host_names, EVERY_WAY },
	{ "a container's own /proc, and one inside it", mounted_proc, EVERY_WAY },
};

static const struct group restored_identity_groups[] = { ROWS(rows, run_row), SUBJECTS(subjects) };
SUITE(restored_identity);
