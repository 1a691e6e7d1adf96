// SPDX-License-Identifier: GPL-2.0
/*
 * Check only what a restart relies on.  Any other error in an image harms only the restarted programs, or the kernel
 * refuses it when they are rebuilt.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "check.h"

/* Pids are positive.  A group or session may belong to an older namespace: then it is 0 at the younger levels. */
static bool numbers_sound(const struct numbers *n, int least)
{
	if (!n->levels || n->levels > MAX_LEVELS)
		return false;
	for (uint32_t i = 0; i < n->levels; i++)
		if (n->nr[i] < least || n->nr[i] >= PID_LIMIT)
			return false;
	return true;
}

/* Check the task's place in the tree.  A thread's parent is its leader. */
static int check_place(const struct check *c, uint32_t i)
{
	const struct image *image = c->image;
	const struct recorded_task *t = &image->tasks[i], *parent;

	if (t->new_pid_ns && (t->kind == TASK_THREAD || t->pid.levels < 2 || t->pid.nr[t->pid.levels - 1] != 1))
		return image_refuse(c, "task", i, "it cannot be the init of a pid namespace");
	if (!i)
		return t->parent == -1 && t->kind == TASK_PROCESS ? 0 : image_refuse(c, "task", i,
										     "the first task is not a process");
	if (!is_in(t->parent, i))
		return image_refuse(c, "task", i, "its parent does not come before it");
	parent = &image->tasks[t->parent];
	if (parent->kind != TASK_PROCESS)
		return image_refuse(c, "task", i, "its parent cannot have children");
	/* One that is no init can be a level deeper: its parent has unshared, and a brother of its is the init. */
	if (t->pid.levels != parent->pid.levels + t->new_pid_ns &&
	    (t->kind == TASK_THREAD || t->new_pid_ns || t->pid.levels != parent->pid.levels + 1))
		return image_refuse(c, "task", i, "its levels do not fit its parent's");
	return 0;
}

/* Can a zombie have ended with this wait status?  By exit(), or by a signal that ends a process by default. */
static bool can_end_so(uint32_t status)
{
	uint32_t sig = status & 0x7f;

	if (!sig)
		return !(status & ~0xff00U);
	return !(status & ~0xffU) && sig <= SIGNALS && sig != SIGCHLD && sig != SIGCONT && sig != SIGSTOP &&
	       sig != SIGTSTP && sig != SIGTTIN && sig != SIGTTOU && sig != SIGURG && sig != SIGWINCH;
}

static int check_task(const struct check *c, uint32_t i)
{
	const struct image *image = c->image;
	const struct recorded_task *t = &image->tasks[i];
	bool lives = t->kind != TASK_ZOMBIE;

	if (t->kind > TASK_ZOMBIE)
		return image_refuse(c, "task", i, "it is of an unknown kind");
	if (!numbers_sound(&t->pid, 1) || !numbers_sound(&t->pgid, 0) || !numbers_sound(&t->sid, 0) ||
	    t->pgid.levels != t->pid.levels || t->sid.levels != t->pid.levels)
		return image_refuse(c, "task", i, "its pids are invalid");
	if (check_place(c, i))
		return -1;
	if (lives ? !is_in(t->process, image->n_processes) || !is_in(t->thread, image->n_threads)
		  : t->process != -1 || t->thread != -1)
		return image_refuse(c, "task", i, "it has no process or thread in the image, or is a zombie with one");
	if (t->kind == TASK_THREAD && t->process != image->tasks[t->parent].process)
		return image_refuse(c, "task", i, "its process is not its leader's");
	if (!is_in_or_none(t->uts, image->n_utss) || !is_in_or_none(t->mounts, image->n_mountss))
		return image_refuse(c, "task", i, "its namespaces are not in the image");
	if (!is_in_or_none(t->terminal, image->n_ptys))
		return image_refuse(c, "task", i, "its terminal is not in the image");
	if (t->children_ns != -1 && (t->kind != TASK_PROCESS || !is_in(t->children_ns, image->n_tasks) ||
	    image->tasks[t->children_ns].parent != (int32_t)i || !image->tasks[t->children_ns].new_pid_ns))
		return image_refuse(c, "task", i, "its children cannot be born in the namespace that it names");
	if (t->exit_signal > SIGNALS)
		return image_refuse(c, "task", i, "its parent cannot get signal %u when it ends", t->exit_signal);
	if (!lives && !can_end_so(t->exit_status))
		return image_refuse(c, "task", i, "it cannot have ended with status 0x%x", t->exit_status);
	return 0;
}

static bool points_sound(const struct mounts *m)
{
	if (m->proc_flags & ~MOUNT_FLAGS)
		return false;
	for (uint32_t i = 0; i < m->n_points; i++)
		if (!is_absolute(m->points[i].point) || !m->points[i].what || m->points[i].flags & ~MOUNT_FLAGS)
			return false;
	return true;
}

static int check_mounts(const struct check *c)
{
	const struct image *image = c->image;
	for (uint32_t i = 0; i < image->n_mountss; i++) {
		int32_t init = image->mountss[i].proc_of;

		if (init != -1 && (!is_in(init, image->n_tasks) || !image->tasks[init].new_pid_ns))
			return image_refuse(c, "mount namespace", i, "its /proc is of no pid namespace");
		if (!points_sound(&image->mountss[i]))
			return image_refuse(c, "mount namespace", i, "its mounts are invalid");
	}
	return 0;
}

/* Each process belongs to one leader and each thread to one task, so no list is longer than that of the tasks. */
static int check_owners(const struct check *c)
{
	const struct image *image = c->image;
	unsigned char *process = calloc(image->n_processes + 1, 1), *thread = calloc(image->n_threads + 1, 1);
	int ret = process && thread ? 0 : image_refuse(c, "task", 0, "out of memory");

	for (uint32_t i = 0; i < image->n_tasks && !ret; i++) {
		const struct recorded_task *t = &image->tasks[i];

		if (t->kind == TASK_PROCESS && process[t->process]++)
			ret = image_refuse(c, "task", i, "its process is another task's");
		else if (t->kind != TASK_ZOMBIE && thread[t->thread]++)
			ret = image_refuse(c, "task", i, "its thread is another task's");
	}
	for (uint32_t i = 0; i < image->n_processes && !ret; i++)
		if (!process[i])
			ret = image_refuse(c, "process", i, "no task has it");
	for (uint32_t i = 0; i < image->n_threads && !ret; i++)
		if (!thread[i])
			ret = image_refuse(c, "thread", i, "no task has it");
	free(process);
	free(thread);
	return ret;
}

/*
 * Find each task's pid namespace, named by the task that is its init; -1: the first task's, whose init is not in the
 * tree. inner is the namespace of a task's children that are one level deeper.
 */
static int find_namespaces(const struct check *c, int32_t *init, int32_t *inner)
{
	const struct image *image = c->image;
	for (uint32_t i = 0; i < image->n_tasks; i++) {
		const struct recorded_task *t = &image->tasks[i];

		inner[i] = -1;
		init[i] = t->new_pid_ns ? (int32_t)i : -1;
		if (t->parent < 0)
			continue;
		if (t->new_pid_ns)
			inner[t->parent] = i;
		else if (t->pid.levels == image->tasks[t->parent].pid.levels)
			init[i] = init[t->parent];
		else
			init[i] = inner[t->parent];
		if (init[i] < 0 && t->pid.levels != image->tasks[0].pid.levels)
			return image_refuse(c, "task", i, "its pid namespace has no init");
	}
	return 0;
}

/* A pid in a namespace.  A namespace older than the first task's is identified by its level. */
struct taken {
	int32_t ns, nr;
	uint32_t task;
};

static int by_namespace(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return (x->nr > y->nr) - (x->nr < y->nr);
}

/* List the pids of a task, youngest first. */
static uint32_t list_pids(const struct image *image, uint32_t i, const int32_t *init, struct taken *out)
{
	uint32_t n = image->tasks[i].pid.levels;
	int32_t ns = init[i];

	for (uint32_t level = n; level--; out++) {
		*out = (struct taken){ ns >= 0 ? ns : -1 - (int32_t)level, image->tasks[i].pid.nr[level], i };
		if (ns >= 0)
			ns = image->tasks[ns].parent < 0 ? -1 : init[image->tasks[ns].parent];
	}
	return n;
}

static int check_unique(const struct check *c, const int32_t *init, struct taken *taken)
{
	const struct image *image = c->image;
	uint32_t n = 0;

	for (uint32_t i = 0; i < image->n_tasks; i++)
		n += list_pids(image, i, init, taken + n);
	qsort(taken, n, sizeof(*taken), by_namespace);
	for (uint32_t i = 1; i < n; i++)
		if (!by_namespace(&taken[i - 1], &taken[i]))
			return image_refuse(c, "task", taken[i].task,
					    "pid %d is task %u's in the same namespace", taken[i].nr,
					    taken[i - 1].task);
	return 0;
}

static int check_pids(const struct check *c)
{
	const struct image *image = c->image;
	int32_t *init = calloc(image->n_tasks, sizeof(*init)), *inner = calloc(image->n_tasks, sizeof(*inner));
	struct taken *taken;
	uint32_t n = 0;
	int ret;

	for (uint32_t i = 0; i < image->n_tasks; i++)
		n += image->tasks[i].pid.levels;
	taken = calloc(n, sizeof(*taken));
	if (!init || !inner || !taken)
		ret = image_refuse(c, "task", 0, "out of memory");
	else
		ret = find_namespaces(c, init, inner) || check_unique(c, init, taken) ? -1 : 0;
	free(init);
	free(inner);
	free(taken);
	return ret;
}

static int check_tasks(const struct check *c)
{
	if (!c->image->n_tasks)
		return image_refuse(c, "task", 0, "there is none");
	for (uint32_t i = 0; i < c->image->n_tasks; i++)
		if (check_task(c, i))
			return -1;
	return check_mounts(c) || check_owners(c) || check_pids(c) ? -1 : 0;
}

int image_check_tasks(const struct image *image, const char *path)
{
	const struct check c = { image, path };

	return check_tasks(&c);
}

int image_check(const struct image *image, const char *path)
{
	const struct check c = { image, path };

	if (check_tasks(&c) || image_check_objects(&c))
		return -1;
	for (uint32_t i = 0; i < image->n_processes; i++)
		if (image_check_process(&c, i))
			return -1;
	for (uint32_t i = 0; i < image->n_threads; i++)
		if (image_check_thread(&c, i))
			return -1;
	return 0;
}
