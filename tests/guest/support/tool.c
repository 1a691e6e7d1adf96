// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "calls.h"
#include "tool.h"
#include "lib/tree.h"

#define FOLDER "/mnt"
#define PF_KTHREAD 0x00200000	/* of include/linux/sched.h */

void use_tools(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", FOLDER, "tmpfs", 0, "size=1m") < 0 || chdir(FOLDER) < 0)
		broken("a folder for the tools");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		broken("prctl(PR_SET_CHILD_SUBREAPER)");
}

int scratch_file(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		broken("a file in /tmp");
	return fd;
}

void read_back(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	if (n < 0 || (size_t)n == size - 1)
		fail("what a tool said cannot be read, or is too long");
	buf[n] = '\0';
	close(fd);
}

static pid_t start(const char *const *argv, int in, int out, int err)
{
	pid_t pid = plain_clone(0);

	if (pid)
		return pid;
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		broken("dup2");
	signal(SIGPIPE, SIG_DFL);	/* the harness ignores it */
	execvp(argv[0], (char **)argv);
	broken("run %s", argv[0]);
}

static int as_shell_says(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int wait_for(pid_t pid)
{
	int status;
	pid_t got;

	do
		got = waitpid(-1, &status, __WALL);
	while (got != pid && (got > 0 || errno == EINTR));
	if (got != pid)
		broken("wait for a tool");
	return as_shell_says(status);
}

const struct said *run_tool(const char *const *argv)
{
	static struct said said;
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC), out = scratch_file(), err = scratch_file();

	if (in < 0)
		broken("/dev/null");
	said.status = wait_for(start(argv, in, out, err));
	read_back(out, said.out, sizeof(said.out));
	read_back(err, said.err, sizeof(said.err));
	close(in);
	return &said;
}

struct running start_tool(const char *const *argv)
{
	struct running r;
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		broken("pipe");
	r = (struct running){ start(argv, in[0], out[1], 2), in[1], out[0] };
	close(in[0]);
	close(out[1]);
	return r;
}

void read_line(const struct running *r, char *line, size_t size)
{
	size_t used = 0;

	while (used < size - 1) {
		if (read(r->out, line + used, 1) != 1)
			fail("a tool ended where a line was expected");
		if (line[used] == '\n')
			break;
		used++;
	}
	line[used] = '\0';
}

int finish_tool(struct running *r)
{
	close(r->in);
	close(r->out);
	return wait_for(r->pid);
}

/* What was said, to be shown: one line. */
static const char *shown(const struct said *s)
{
	static char text[160];

	snprintf(text, sizeof(text), "%.159s", *s->err ? s->err : s->out);
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = p[1] ? '|' : '\0';
	return text;
}

const struct said *succeeded(const struct said *s)
{
	if (s->status || *s->err)
		fail("expected exit status 0 and no complaint, saw %d, `%s'", s->status, shown(s));
	return s;
}

const struct said *remarked(const struct said *s, const char *words)
{
	if (s->status || *s->out || !strstr(s->err, words))
		fail("expected exit status 0 and a remark `%s', saw %d, `%s'", words, s->status, shown(s));
	return s;
}

const struct said *complained(const struct said *s, int status, const char *words)
{
	if (s->status != status || !*s->err || *s->out || (words && !strstr(s->err, words)))
		fail("expected exit status %d and a complaint with `%s', saw %d, `%s'", status, words ? words : "",
		     s->status, shown(s));
	return s;
}

long said_number(const struct said *s)
{
	char *end;
	long n = strtol(succeeded(s)->out, &end, 10);

	if (end == s->out || strcmp(end, "\n"))
		fail("expected a number, saw `%s'", shown(s));
	return n;
}

/* Field 9 of /proc/PID/stat; a task that has just ended is none of the kernel's. */
static bool is_kthread(const char *pid)
{
	char path[40], buf[512] = "";
	unsigned int flags = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fgets(buf, sizeof(buf), f) && strrchr(buf, ')'))
		sscanf(strrchr(buf, ')'), ") %*c %*d %*d %*d %*d %*d %u", &flags);
	fclose(f);
	return flags & PF_KTHREAD;
}

void list_tasks(struct tasks *tasks)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;

	if (!dir)
		broken("open /proc");
	tasks->n = 0;
	while ((d = readdir(dir))) {
		if (atoi(d->d_name) <= 0 || is_kthread(d->d_name))
			continue;
		if (tasks->n == ARRAY_SIZE(tasks->pid))
			fail("more than %d tasks", tasks->n);
		tasks->pid[tasks->n++] = atoi(d->d_name);
	}
	closedir(dir);
}

static bool has(const struct tasks *tasks, pid_t pid)
{
	for (int i = 0; i < tasks->n; i++)
		if (tasks->pid[i] == pid)
			return true;
	return false;
}

void same_tasks(const struct tasks *before, const char *after_what)
{
	struct tasks now;

	list_tasks(&now);
	for (int i = 0; i < now.n; i++) {
		struct task t = { .name = "?" };

		if (has(before, now.pid[i]))
			continue;
		task_read(&t, now.pid[i]);
		fail("after %s there is a task with pid %d (%s, %c, child of %d) that was not there before", after_what,
		     now.pid[i], t.name, t.state, t.ppid);
	}
	for (int i = 0; i < before->n; i++)
		if (!has(&now, before->pid[i]))
			fail("after %s the task with pid %d is not there any more", after_what, before->pid[i]);
}

void write_file(const char *path, const void *text, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, size) != (ssize_t)size)
		broken("write %s", path);
	close(fd);
}

void folder_holds(const char *path, const char *names)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	char want[256];
	size_t left;

	if (!dir)
		broken("open %s", path);
	snprintf(want, sizeof(want), " %s ", names);
	left = strlen(names);
	while ((d = readdir(dir))) {
		char name[260];

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), " %s ", d->d_name);
		if (!strstr(want, name))
			fail("%s holds `%s'", path, d->d_name);
		left -= strlen(d->d_name);
	}
	closedir(dir);
	for (const char *p = names; *p; p++)
		left -= *p == ' ';
	if (left)
		fail("%s does not hold all of `%s'", path, names);
}

const char *number(long n)
{
	static char buf[4][24];
	static int next;

	next = (next + 1) % 4;
	snprintf(buf[next], sizeof(buf[next]), "%ld", n);
	return buf[next];
}
