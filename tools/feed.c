// SPDX-License-Identifier: GPL-2.0
/*
 * feed - report all tasks as lines of JSON on a serial port, for a picture: docs/feed.md
 *
 * It looks four times a second, and costs next to nothing while nothing changes.  /proc/loadavg tells whether tasks
 * were born or have ended.  Each task's stat stays open, so that one system call reads it; only if it differs is more
 * read.  Kernel threads are looked at once.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/resource.h>

#include "lib/feed.h"
#include "lib/procfs.h"
#include "lib/report.h"
#include "lib/tree.h"
#include "lib/wait.h"

#define LOOK_MS 250
#define TASKS_MAX 4096

static const char help[] =
	"Usage: feed DEVICE\n"
	"Write what the kernel reports of all tasks to a serial port, as lines of JSON:\n"
	"a snapshot whenever something changes, and when a `?' is read from the port.\n"
	"PID 1 starts it when the kernel command line says feed=ttyS1.\n"
	"\n"
	"  -h, --help   print this text\n"
	"\n"
	"Exit status: 1 if the port or /proc cannot be used, 2 for a wrong command line;\n"
	"otherwise it does not end.\n";

/* What we know of each task, sorted by its pid at the oldest level, as in /proc. */
struct watched {
	pid_t pid;
	int stat;		/* /proc/PID/stat; -1: it need not be looked at again */
	bool hidden;		/* a thread of the kernel */
	bool seen;		/* in the present look at /proc */
	char text[512];		/* of stat, when it was last read */
	struct task task;
	ino_t ns, ns_parent;	/* its pid namespace, and that one's parent; 0: the kernel does not say, or there is none */
};

static struct {
	int port, load;
	char load_text[32];	/* the fields that births and deaths change */
	struct watched *tasks;
	int n;
	char *sent;		/* the list of tasks, as it was sent last */
	unsigned int looks;	/* since somebody was born or has ended */
	unsigned long sequence;
} feed;

/* Read the unescaped name, unlike that of /proc/PID/status: between the first parenthesis and the last one. */
static void read_name(struct task *task, const char *text)
{
	const char *name = strchr(text, '('), *end = strrchr(text, ')');

	if (name && end)
		snprintf(task->name, sizeof(task->name), "%.*s", (int)(end - name - 1), name + 1);
}

/* Look whether a task's stat has changed.  Returns 1 if it has, 0 if not, -1 if the task is gone. */
static int look_at(struct watched *w)
{
	char text[sizeof(w->text)];
	struct task task;
	ssize_t size;

	if (w->stat < 0)
		return 0;
	size = pread(w->stat, text, sizeof(text) - 1, 0);
	if (size <= 0)
		return -1;
	text[size] = '\0';
	if (!strcmp(text, w->text))
		return 0;
	if (task_read(&task, w->pid))
		return -1;
	strcpy(w->text, text);
	if (!w->ns)
		task_pid_namespace(w->pid, &w->ns, &w->ns_parent);
	read_name(&task, text);
	w->task = task;
	return 1;
}

static void add(pid_t pid)
{
	struct watched *w = &feed.tasks[feed.n];
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	*w = (struct watched){ .pid = pid, .seen = true, .stat = open(path, O_RDONLY | O_CLOEXEC) };
	if (w->stat < 0 || look_at(w) < 0) {
		if (w->stat >= 0)
			close(w->stat);
		return;
	}
	w->hidden = w->task.kthread;
	/* Nothing that is shown of the kernel's threads, of PID 1 and of this program changes. */
	if (w->hidden || pid == 1 || pid == getpid()) {
		close(w->stat);
		w->stat = -1;
	}
	feed.n++;
}

static struct watched *find(pid_t pid)
{
	for (int i = 0; i < feed.n; i++)
		if (feed.tasks[i].pid == pid)
			return &feed.tasks[i];
	return NULL;
}

/* Drop the tasks that are gone.  Were there any? */
static bool drop_unseen(void)
{
	int kept = 0, before = feed.n;

	for (int i = 0; i < before; i++) {
		if (!feed.tasks[i].seen && feed.tasks[i].stat >= 0)
			close(feed.tasks[i].stat);
		if (feed.tasks[i].seen)
			feed.tasks[kept++] = feed.tasks[i];
	}
	feed.n = kept;
	return kept != before;
}

/* Look which tasks exist.  Has that changed? */
static bool look_for_tasks(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool changed = false;

	if (!proc)
		die("read /proc");
	for (int i = 0; i < feed.n; i++)
		feed.tasks[i].seen = false;
	while ((entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);
		struct watched *w = pid > 0 ? find(pid) : NULL;

		int is = w ? look_at(w) : -1;

		/* A number may be another task's by now. */
		if (is >= 0)
			w->seen = true;
		else if (pid > 0 && feed.n < TASKS_MAX)
			add(pid);
		changed |= is != 0;
	}
	closedir(proc);
	return drop_unseen() || changed;
}

/* Have tasks been born, or ended?  The number of running tasks, in the same field, does not matter. */
static bool load_has_changed(void)
{
	char text[80], *total;
	ssize_t size = pread(feed.load, text, sizeof(text) - 1, 0);

	if (size <= 0)
		die("read /proc/loadavg");
	text[size] = '\0';
	total = strchr(text, '/');
	if (!total || !strncmp(total, feed.load_text, sizeof(feed.load_text) - 1))
		return false;
	snprintf(feed.load_text, sizeof(feed.load_text), "%s", total);
	return true;
}

/*
 * Each look sees births and deaths.  Only every second look checks for other changes (a name, a session, a stop); but
 * for a second after a birth every look does, since an exec() usually follows.
 */
static bool has_changed(void)
{
	bool changed = load_has_changed() && look_for_tasks();

	feed.looks = changed ? 0 : feed.looks + 1;
	if (feed.looks > 1000 / LOOK_MS && feed.looks % 2)
		return changed;
	for (int i = 0; i < feed.n; i++) {
		int is = look_at(&feed.tasks[i]);

		if (is < 0)
			feed.tasks[i].seen = false;
		changed |= is != 0;
	}
	return drop_unseen() || changed;
}

/* Report running and sleeping as the same state: it changes all the time and means nothing here. */
static char state(const struct task *t)
{
	return strchr("RDI", t->state) ? 'S' : t->state;
}

static void print_task(FILE *line, const struct watched *w)
{
	const struct task *t = &w->task;

	fputs("{\"name\":", line);
	feed_string(line, t->name);
	for (int i = 0; i < t->levels; i++)
		fprintf(line, "%s%d", i ? "," : ",\"pids\":[", t->pid[i]);
	fprintf(line, "],\"parent\":%d,\"ns\":%lu,\"nsparent\":%lu,\"nsinit\":%s,\"pgid\":%d,\"sid\":%d,\"state\":\"%c\"}",
		t->ppid, (unsigned long)w->ns, (unsigned long)w->ns_parent,
		t->pid[t->levels - 1] == 1 ? "true" : "false", t->pgid, t->sid, state(t));
}

/* List all tasks except kernel threads.  The caller frees the text. */
static char *list_tasks(void)
{
	char *text = NULL;
	size_t size;
	FILE *list = open_memstream(&text, &size);
	const char *comma = "";

	for (int i = 0; list && i < feed.n; i++) {
		if (feed.tasks[i].hidden)
			continue;
		fputs(comma, list);
		print_task(list, &feed.tasks[i]);
		comma = ",";
	}
	if (!list || fclose(list))
		die("list the tasks");
	return text;
}

/* Send the list, with the port to ourselves, so that no line of another process gets into the middle. */
static void send_snapshot(void)
{
	char *line;
	int size = asprintf(&line, "{\"v\":%d,\"seq\":%lu,\"ms\":%ld,\"tasks\":[%s]}\n", FEED_VERSION, ++feed.sequence,
			    now_ms(), feed.sent);

	if (size < 0)
		die("make a line");
	flock(feed.port, LOCK_EX);
	if (write(feed.port, line, size) != size)
		die("write to the port");
	flock(feed.port, LOCK_UN);
	free(line);
}

/* Make a new list.  If it differs from the one that was sent, keep it as the next one to send. */
static bool renew_list(void)
{
	char *list = list_tasks();

	if (feed.sent && !strcmp(list, feed.sent)) {
		free(list);
		return false;
	}
	free(feed.sent);
	feed.sent = list;
	return true;
}

static void open_port(const char *path)
{
	struct termios termios;

	feed.port = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (feed.port < 0 || tcgetattr(feed.port, &termios))
		die("open %s", path);
	cfmakeraw(&termios);
	cfsetspeed(&termios, B115200);
	if (tcsetattr(feed.port, TCSANOW, &termios))
		die("set up %s", path);
}

/* Wait until it is time for the next look.  Has somebody asked for the list meanwhile? */
static bool asked(void)
{
	struct pollfd fd = { .fd = feed.port, .events = POLLIN };
	char bytes[64];
	ssize_t n;

	if (poll(&fd, 1, LOOK_MS) <= 0)
		return false;
	n = read(feed.port, bytes, sizeof(bytes));
	if (n <= 0)
		die("read from the port");
	return memchr(bytes, '?', n);
}

int main(int argc, char **argv)
{
	const struct rlimit files = { TASKS_MAX + 64, TASKS_MAX + 64 };

	report_program(argv[0]);
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(help, stdout);
		return finish(EXIT_OK);
	}
	if (argc != 2 || *argv[1] == '-')
		die_usage("one argument is expected, a serial port");
	open_port(argv[1]);
	feed.load = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	feed.tasks = calloc(TASKS_MAX, sizeof(*feed.tasks));
	if (feed.load < 0 || !feed.tasks || setrlimit(RLIMIT_NOFILE, &files))
		die("begin to watch");
	for (bool ask = true;; ask = asked())
		if ((has_changed() && renew_list()) || ask)
			send_snapshot();
}
