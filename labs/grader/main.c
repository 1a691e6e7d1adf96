// SPDX-License-Identifier: GPL-2.0
/*
 * usage: grade-restart SHIFT ID...
 *
 * Grade a student's restart, JAIL/restart, part by part.  An ID is CALL/PART, such as clone3/family: the call that the
 * program has to use, and a row of parts[].  SHIFT is added to the pids of the images, so that nobody can know them
 * before; 0 leaves them as the files have them.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "labs/c/given.h"
#include "lib/clone_with_pids.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "judge.h"
#include "keeper.h"
#include "verdict.h"

#define IMAGES     "/lab/images/"
#define MAX_TASKS_IN_MACHINE "150"	/* a fork bomb ends here */
#define MAX_HANGS  2			/* then the rest is not tried */
#define MAX_SHIFT  9000

static bool comes_back(bool clone3, const struct image *image, char why[WHY_SIZE]);
static bool refused_then_comes_back(bool clone3, const struct image *image, char why[WHY_SIZE]);

static const struct part {
	const char *name;
	bool (*judge)(bool clone3, const struct image *image, char why[WHY_SIZE]);
	const char *image, *clone3_image;	/* if they are not called like the part */
} parts[] = {
	{ .name = "one", .judge = comes_back },
	{ .name = "family", .judge = comes_back },
	{ .name = "two", .judge = comes_back },
	{ .name = "three", .judge = comes_back },
	{ .name = "sessions", .judge = comes_back },
	{ .name = "taken", .judge = refused_then_comes_back },
	{ .name = "deep", .judge = comes_back, .clone3_image = "deep-clone3" },
};

static void say(const char *id, const char *what, const char *why)
{
	char line[WHY_SIZE + 80];

	snprintf(line, sizeof(line), "part %s %s%s%.*s", id, what, why[0] ? " " : "", WHY_SIZE - 1, why);
	printable(line);
	printf("%s\n", line);
	fflush(stdout);
	dprintf(VERDICT_FD, "%s\n", line);
}

/* What the program reads: the image with other pids, but for the inits' 1. */
static void write_image(const struct image *image)
{
	FILE *f = fopen(JAIL "/image", "we");

	if (!f)
		die("write " JAIL "/image");
	for (int i = 0; i < image->n; i++) {
		const struct recorded *t = &image->task[i];

		fprintf(f, "%s %s %s %s", t->name, t->parent == NONE ? "-" : image->task[t->parent].name,
			t->session == NONE ? "-" : image->task[t->session].name,
			t->group == NONE ? "-" : image->task[t->group].name);
		for (int l = 0; l < t->levels; l++)
			fprintf(f, " %d", t->pid[l]);
		fprintf(f, "\n");
	}
	if (fclose(f))
		die("write " JAIL "/image");
}

static void read_image(struct image *image, const struct part *part, bool clone3, int shift)
{
	const char *file = clone3 && part->clone3_image ? part->clone3_image : part->image ? part->image : part->name;
	char path[64];

	snprintf(path, sizeof(path), IMAGES "%s", file);
	if (image_read(image, path))
		die_usage("%s is not an image", path);
	for (int i = 0; i < image->n; i++)
		for (int l = 0; l < image->task[i].levels; l++)
			if (image->task[i].pid[l] != 1)
				image->task[i].pid[l] += shift;
	write_image(image);
}

static int hangs;

/* Run the program; false, with why, if it did not end by itself. */
static bool run(struct keeper *k, int *status, char said[SAID_SIZE], char why[WHY_SIZE])
{
	if (!keeper_run(k, status, said))
		return true;
	if (errno == ETIMEDOUT) {
		hangs++;
		snprintf(why, WHY_SIZE, "expected restart to end when the tree is complete; it runs for ever (%d s)",
			 RUN_BOUND_MS / 1000);
	} else {
		snprintf(why, WHY_SIZE, "restart has killed the one that waits for it; its output: %s", said);
	}
	return false;
}

static void describe_end(int status, const char *said, const char *wanted, char why[WHY_SIZE])
{
	char words[64];

	snprintf(why, WHY_SIZE, "expected restart to end with %s, its end: %s, %s%s", wanted,
		 status_words(status, words, sizeof(words)), said[0] ? "and said: " : "without a word", said);
}

static bool comes_back(bool clone3, const struct image *image, char why[WHY_SIZE])
{
	struct keeper k = keeper_start(clone3);
	char said[SAID_SIZE], so_far[WHY_SIZE];
	bool right = false;
	int status;

	if (run(&k, &status, said, why)) {
		if (status_ok(status))
			right = judge_tree(&k, image, why);
		else
			describe_end(status, said, "exit status 0", why);
	} else if (!judge_tree(&k, image, so_far)) {
		snprintf(why + strlen(why), WHY_SIZE - strlen(why), "; so far: %s", so_far);
	}
	keeper_end(&k);
	return right;
}

/* Another process has this pid in the program's oldest namespace. */
static pid_t take_pid(const struct keeper *k, pid_t pid)
{
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	int pidfd = syscall(SYS_pidfd_open, k->pid, 0);
	pid_t stranger;

	if (own < 0 || pidfd < 0 || setns(pidfd, CLONE_NEWPID))
		die("enter the pid namespace of the program");
	stranger = clone_with_pids(0, &pid, 1);
	if (!stranger) {
		become_stranger();
		for (;;)
			pause();
	}
	if (stranger < 0 || setns(own, CLONE_NEWPID))
		die("take pid %d", pid);
	close(own);
	close(pidfd);
	return stranger;
}

/* The refusal: an error, nothing left behind, and the other lives. */
static bool refuses(bool clone3, const struct image *image, char why[WHY_SIZE])
{
	pid_t taken = image->task[image->n - 1].pid[0];
	struct keeper k = keeper_start(clone3);
	pid_t stranger = take_pid(&k, taken);
	char said[SAID_SIZE];
	bool right = false;
	int status;

	if (run(&k, &status, said, why)) {
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
			describe_end(status, said, "exit status 1, as a pid is taken", why);
		else if (waitpid(stranger, NULL, WNOHANG))
			snprintf(why, WHY_SIZE, "expected the stranger who has pid %d to live, restart has killed it", taken);
		else if (!said[0])
			snprintf(why, WHY_SIZE, "expected restart to say on stderr whose pid is taken, it said nothing");
		else
			right = judge_empty(&k, why);
	}
	keeper_end(&k);
	return right;
}

static bool refused_then_comes_back(bool clone3, const struct image *image, char why[WHY_SIZE])
{
	char then[WHY_SIZE];

	if (!refuses(clone3, image, why))
		return false;
	if (comes_back(clone3, image, then))
		return true;
	snprintf(why, WHY_SIZE, "when the pid is free again: %.*s", WHY_SIZE - 40, then);
	return false;
}

static void grade(const char *id, int shift)
{
	char why[WHY_SIZE] = "";
	const char *slash = strchr(id, '/');
	bool clone3 = slash && !strncmp(id, "clone3/", 7);
	struct image image;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		bool right = false;

		if (!slash || strcmp(slash + 1, parts[i].name))
			continue;
		say(id, "begin", "");
		read_image(&image, &parts[i], clone3, shift);
		if (hangs < MAX_HANGS)
			right = parts[i].judge(clone3, &image, why);
		else
			snprintf(why, WHY_SIZE, "not tried: restart ran for ever in %d parts before", hangs);
		say(id, right ? "pass" : "FAIL", right ? "" : why);
		return;
	}
	die_usage("there is no part %s", id);
}

int main(int argc, char **argv)
{
	int fd = open("/proc/sys/kernel/threads-max", O_WRONLY | O_CLOEXEC), shift;

	report_program(argv[0]);
	if (argc < 3)
		die_usage("SHIFT and ID are needed");
	shift = parse_number("SHIFT", argv[1], 0, MAX_SHIFT);
	if (fd < 0 || write(fd, MAX_TASKS_IN_MACHINE, strlen(MAX_TASKS_IN_MACHINE)) < 0)
		die("limit the number of tasks");
	close(fd);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "-1000", 5) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1))
		die("be the last to be killed");
	close(fd);
	for (int i = 2; i < argc; i++)
		grade(argv[i], shift);
	return EXIT_OK;
}
