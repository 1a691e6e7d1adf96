// SPDX-License-Identifier: GPL-2.0
/*
 * Hostile images: each is a sound one with one thing changed, and has correct lengths and checksums.  `restart' refuses
 * each with one line that says what is wrong, before it creates a task.
 */
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "cr/format/file.h"
#include "roundtrip.h"
#include "various.h"

#define SOUND "image"
#define HOSTILE "hostile"

struct row {
	const char *name;
	void (*edit)(struct image *image);
	const char *words;
};

/* The first element of the image for which this holds. */
#define FIND(list, it, condition) ({ \
	__typeof__(image->list) it = NULL; \
	for (uint32_t i_ = 0; i_ < image->n_##list && !it; i_++) { \
		it = &image->list[i_]; \
		it = (condition) ? it : NULL; \
	} \
	if (!it) \
		fail("the sound image has none of %s with %s", #list, #condition); \
	it; \
})

#define TASK(kind_)   FIND(tasks, t, t->kind == (kind_))
#define OPEN(kind_)   FIND(opens, o, o->kind == (kind_))
#define TIMED         FIND(processes, p, p->n_timers)
#define BORROWER      FIND(processes, lent, lent->n_borrowed > 1)
#define VMA(kind_)    ({ struct vma *v_ = image->processes[0].vmas; while (v_->kind != (kind_)) v_++; v_; })

/* A row's edit is an expression. */
#define EDIT(id, ...) static void id(struct image *image) { __VA_ARGS__; }

EDIT(no_tasks, image->n_tasks = 0)
EDIT(first_zombie, image->tasks[0].kind = TASK_ZOMBIE)
EDIT(unknown_kind, image->tasks[1].kind = 3)
EDIT(own_parent, image->tasks[1].parent = 1)
EDIT(later_parent, image->tasks[1].parent = 2)
EDIT(far_parent, image->tasks[1].parent = INT_MAX)
EDIT(two_first, image->tasks[1].parent = -1)
/* The last task: of the zombie, which must not be it. */
static void zombie_parent(struct image *image)
{
	uint32_t zombie = TASK(TASK_ZOMBIE) - image->tasks;

	if (zombie + 1 == image->n_tasks)
		fail("the zombie is last");
	image->tasks[image->n_tasks - 1].parent = zombie;
}

static void thread_of_zombie(struct image *image)
{
	struct recorded_task *last = &image->tasks[image->n_tasks - 1];

	last->parent = TASK(TASK_ZOMBIE) - image->tasks;
	last->kind = TASK_THREAD;
}

static void child_of_thread(struct image *image)
{
	image->tasks[1].kind = TASK_THREAD;
	image->tasks[1].process = image->tasks[0].process;
	image->tasks[2].parent = 1;
}

EDIT(process_twice, FIND(tasks, t, t->kind == TASK_PROCESS && t->process == 1)->process = 0)
EDIT(thread_twice, TASK(TASK_THREAD)->thread = image->tasks[0].thread)
EDIT(process_unused, image->tasks[image->n_tasks - 1].process = -1)
EDIT(zombie_lives, TASK(TASK_ZOMBIE)->process = 0)
EDIT(zombie_stops, TASK(TASK_ZOMBIE)->exit_status = SIGSTOP)
EDIT(zombie_signal_127, TASK(TASK_ZOMBIE)->exit_status = 0x7f)
EDIT(zombie_wide, TASK(TASK_ZOMBIE)->exit_status = 0x10000)
EDIT(pid_0, image->tasks[1].pid.nr[0] = 0)
EDIT(pid_negative, image->tasks[1].pid.nr[1] = -1)
EDIT(pid_max, image->tasks[1].pid.nr[0] = PID_LIMIT)
EDIT(pid_twice, image->tasks[1].pid.nr[0] = image->tasks[0].pid.nr[0])
EDIT(pid_twice_inside, image->tasks[1].pid.nr[1] = 1)
EDIT(no_levels, image->tasks[1].pid.levels = 0)
EDIT(level_lost, image->tasks[1].pid.levels = image->tasks[1].pgid.levels = image->tasks[1].sid.levels = 1)
EDIT(level_jump, struct recorded_task *t = &image->tasks[1]; t->pid.levels = t->pgid.levels = t->sid.levels = 33;
     for (int i = 0; i < 33; i++) t->pid.nr[i] = 7)
EDIT(levels_differ, image->tasks[1].pgid.levels = 1)
EDIT(init_not_1, image->tasks[0].pid.nr[1] = 2)
EDIT(thread_init, TASK(TASK_THREAD)->new_pid_ns = true)
EDIT(no_uts, image->tasks[0].uts = 0)
EDIT(exit_signal, image->tasks[1].exit_signal = 65)

EDIT(vma_zero, image->processes[0].vmas[0].start = 0)
EDIT(vma_empty, image->processes[0].vmas[0].end = image->processes[0].vmas[0].start)
EDIT(vma_overlap, image->processes[0].vmas[1].start -= 4096)
EDIT(vma_odd, image->processes[0].vmas[0].start += 1)
EDIT(vma_kernel, struct process *p = &image->processes[0]; p->vmas[p->n_vmas - 1].end = 0xc0001000)
EDIT(vma_top, struct process *p = &image->processes[0]; p->vmas[p->n_vmas - 1].end = 0xfffff000)
EDIT(vma_kind, image->processes[0].vmas[0].kind = VMA_KINDS)
EDIT(vma_file, VMA(VMA_FILE)->object = INT_MAX)
EDIT(vma_offset, VMA(VMA_FILE)->offset = 0xfffffffffffff000ULL)
EDIT(vma_offset_32, VMA(VMA_FILE)->offset = 0x100000000000ULL)
EDIT(vma_shared_far, VMA(VMA_SHARED_ANON)->offset = 4096)
EDIT(vma_both, VMA(VMA_ANON)->flags |= MAP_SHARED)
EDIT(vdso_none, VMA(VMA_VDSO)->kind = VMA_VVAR)
EDIT(vdso_two, VMA(VMA_VVAR)->kind = VMA_VDSO)
EDIT(vdso_high, VMA(VMA_VDSO)->end = 0xc0002000)
EDIT(page_outside, image->processes[0].pages[0].start = 4096)
EDIT(page_odd, image->processes[0].pages[0].start += 1)
EDIT(page_top, struct process *p = &image->processes[0]; p->pages[p->n_pages - 1].start = 0xfffff000)
EDIT(page_order, struct process *p = &image->processes[0]; p->pages[1].start = p->pages[0].start)
EDIT(page_half, image->processes[0].pages[0].data.size = 100)
EDIT(borrowed_outside, BORROWER->borrowed[0].start = 4096)
EDIT(borrowed_half, BORROWER->borrowed[0].size = 100)
EDIT(borrowed_top, BORROWER->borrowed[0].size = 0xfffff000)
EDIT(borrowed_order, struct process *p = BORROWER; p->borrowed[1].start = p->borrowed[0].start)
EDIT(borrowed_from_self, struct process *p = BORROWER; p->borrowed[0].process = p - image->processes)
EDIT(borrowed_from_none, BORROWER->borrowed[0].process = -1)
EDIT(borrowed_odd, BORROWER->borrowed[0].from += 1)
EDIT(borrowed_missing, BORROWER->borrowed[0].from = 4096)
EDIT(borrowed_far, BORROWER->borrowed[0].from = 0xfffff000)
EDIT(borrowed_own, struct process *p = BORROWER; p->borrowed[0].start = p->pages[0].start; p->borrowed[0].size = 4096)
EDIT(no_exe, image->processes[0].exe = -1)
EDIT(relative_cwd, *image->processes[0].cwd = 'x')
EDIT(no_root, image->processes[0].root = NULL)
EDIT(auxv, image->processes[0].auxv.size -= 4)
EDIT(fd_twice, image->processes[0].fds[1].number = image->processes[0].fds[0].number)
EDIT(fd_high, struct process *p = &image->processes[0]; p->fds[p->n_fds - 1].number = 1024)
EDIT(fd_nothing, image->processes[0].fds[0].open = image->n_opens)
EDIT(umask_large, image->processes[0].umask = 01000)
EDIT(kill_caught, image->processes[0].actions[SIGKILL - 1].handler = 4096)
EDIT(pending_0, FIND(threads, t, t->n_pending)->pending[0].info[0] = 0)
EDIT(pending_65, FIND(threads, t, t->n_pending)->pending[0].info[0] = 65)
EDIT(pending_kill, FIND(threads, t, t->n_pending)->pending[0].info[0] = SIGKILL)
EDIT(stop_signal, image->processes[0].stop_signal = SIGUSR1)
EDIT(itimer_negative, image->processes[0].itimer_left_ns[0] = -1)
EDIT(itimer_long, image->processes[0].itimer_interval_ns[0] = INT64_MAX)
EDIT(timer_negative, TIMED->timers[0].left_ns = INT64_MIN)
EDIT(timer_id, TIMED->timers[0].id = 4097)
EDIT(timer_id_negative, TIMED->timers[0].id = -1)
EDIT(timer_signal, TIMED->timers[0].signo = 65)
EDIT(timer_stranger, TIMED->timers[0].notify_task = TASK(TASK_ZOMBIE) - image->tasks)
EDIT(timer_nobody, TIMED->timers[0].notify_task = -2)
EDIT(limit, image->processes[0].rlimit_soft[3] = ~0ULL; image->processes[0].rlimit_hard[3] = 1)
EDIT(oom, image->processes[0].oom_score_adj = 1001)
EDIT(fpu_kind, image->threads[0].fpu_kind = 1)
EDIT(fpu_none, image->threads[0].fpu.size = 0)
EDIT(nice_low, image->threads[0].nice = INT_MIN)
EDIT(mce_kill, image->threads[0].mce_kill = 3)
EDIT(slack_long, image->threads[0].timer_slack_ns = 1ULL << 32)
EDIT(slice_long, image->threads[0].slice_ns = ~0ULL)
EDIT(registered, image->processes[0].membarrier = 1)
EDIT(mlock_all, image->processes[0].mlock_future = MCL_CURRENT)
EDIT(mdwe, image->processes[0].mdwe = 2)
EDIT(death_signal, image->threads[0].parent_death_signal = 65)

EDIT(open_kind, image->opens[0].kind = 99)
EDIT(pipe_far, OPEN(OPEN_PIPE)->pipe.pipe = image->n_pipes)
EDIT(pipe_is_fifo, OPEN(OPEN_PIPE)->pipe.pipe = OPEN(OPEN_FIFO)->pipe.pipe)
EDIT(fifo_is_pipe, OPEN(OPEN_FIFO)->pipe.pipe = OPEN(OPEN_PIPE)->pipe.pipe)
EDIT(fifo_nowhere, *OPEN(OPEN_FIFO)->path = 'f')
EDIT(pty_far, OPEN(OPEN_PTY_MASTER)->pty.pty = 1)
EDIT(device_relative, *OPEN(OPEN_DEVICE)->path = 'd')
#define DELETED(condition) FIND(opens, f, f->kind == OPEN_REGULAR && f->regular.deleted && (condition))
#define TWICE   DELETED(f->regular.same_inode >= 0)
#define CONTENT (&DELETED(f->regular.same_inode < 0 && f->regular.size)->regular)
EDIT(same_later, TWICE->regular.same_inode = image->n_opens)
EDIT(same_kind, TWICE->regular.same_inode = OPEN(OPEN_DEVICE) - image->opens)
EDIT(same_self, struct open *self = TWICE; self->regular.same_inode = self - image->opens)
EDIT(extent_far, CONTENT->file.extents[0].start = ~0ULL)
EDIT(extent_behind, struct open_regular *r = CONTENT; r->file.extents[0].start = r->size)
EDIT(extent_empty, CONTENT->file.extents[0].data.size = 0)
EDIT(file_endless, CONTENT->size = ~0ULL)
EDIT(file_owner, CONTENT->file.uid = ~0U)
EDIT(file_mode, CONTENT->file.mode = 0100600)
EDIT(file_time, CONTENT->file.mtime_ns = 1000000000)
EDIT(outside_far, struct open *other = OPEN(OPEN_DEVICE); other->kind = OPEN_OUTSIDE; other->outside.number = 3)
EDIT(counter_far, OPEN(OPEN_EVENTFD)->eventfd.counter = ~0ULL)
EDIT(open_mounts, OPEN(OPEN_DEVICE)->mounts = image->n_mountss)
EDIT(pipe_mounts, image->pipes[0].mounts = -2)
EDIT(pty_mounts, image->ptys[0].mounts = INT_MAX)
EDIT(mapped_mounts, image->mapped[0].mounts = image->n_mountss)

/* A mount namespace that the first task has made, with one mount; for the rows, something of it is wrong. */
static struct mounts *add_mounts(struct image *image)
{
	struct mounts *m = image_append(image, IMAGE_MOUNTS);

	if (!m)
		broken("a mount namespace");
	*m = (struct mounts){ .proc_of = -1, .n_points = 1, .points = calloc(1, sizeof(*m->points)) };
	m->points[0] = (struct mount_point){ .point = strdup("/"), .what = strdup("/ rootfs rootfs rw") };
	image->tasks[0].mounts = image->n_mountss - 1;
	return m;
}

EDIT(mount_relative, *add_mounts(image)->points[0].point = 'r')
EDIT(mount_nothing, add_mounts(image)->points[0].what = NULL)
EDIT(mount_flags, add_mounts(image)->points[0].flags = MS_REMOUNT)
EDIT(proc_flags, add_mounts(image)->proc_flags = MS_BIND)
EDIT(proc_nobody, add_mounts(image)->proc_of = 1)

EDIT(pipe_full, FIND(pipes, p, p->bytes.size)->capacity = 1)
EDIT(pipe_large, image->pipes[0].capacity = 1U << 31)
EDIT(fifo_relative, *FIND(pipes, p, p->path)->path = 'f')
EDIT(pty_index, image->ptys[0].index = 256)
EDIT(pty_session, image->ptys[0].session = image->n_tasks)
EDIT(pty_owner, image->ptys[0].uid = ~0U)
EDIT(pty_mode, image->ptys[0].mode = 010000)
#define TERMINAL(task) ((struct terminal *)image_append(image, IMAGE_TERMINAL))->foreground = (task)
EDIT(foreground_far, TERMINAL(image->n_tasks))
EDIT(foreground_zombie, TERMINAL(TASK(TASK_ZOMBIE) - image->tasks))
EDIT(two_terminals, TERMINAL(-1); TERMINAL(-1))
EDIT(shared_size, image->shared[0].size = 0)
EDIT(shared_odd, image->shared[0].size += 1)
EDIT(shared_all, image->shared[0].size = ~0xfffULL)
EDIT(shared_page, image->shared[0].pages[0].start = 0xfffff000)
EDIT(mapped_relative, *image->mapped[0].path = 'm')

static const struct row task_rows[] = {
	{ "no tasks", no_tasks, "task 0: there is none" },
	{ "a zombie first", first_zombie, "task 0: " },
	{ "a task of no kind", unknown_kind, "task 1: it is of an unknown kind" },
	{ "its own parent", own_parent, "task 1: its parent does not come before it" },
	{ "a parent that comes later", later_parent, "task 1: its parent does not come before it" },
	{ "a parent far away", far_parent, "task 1: its parent does not come before it" },
	{ "two first tasks", two_first, "task 1: its parent does not come before it" },
	{ "a zombie's child", zombie_parent, "its parent cannot have children" },
	{ "a zombie's thread", thread_of_zombie, "its parent cannot have children" },
	{ "a thread's child", child_of_thread, "its parent cannot have children" },
	{ "a process of two tasks", process_twice, "its process is " },
	{ "a thread of two tasks", thread_twice, "its thread is another task's" },
	{ "a task without a process", process_unused, "it has no process or thread in the image" },
	{ "a zombie with a process", zombie_lives, "it has no process or thread in the image" },
	{ "a zombie that would stop", zombie_stops, "it cannot have ended with status 0x13" },
	{ "a zombie of signal 127", zombie_signal_127, "it cannot have ended with status 0x7f" },
	{ "a zombie with a long status", zombie_wide, "it cannot have ended with status 0x10000" },
	{ "pid 0", pid_0, "its pids are invalid" },
	{ "a negative pid", pid_negative, "its pids are invalid" },
	{ "a pid that is too large", pid_max, "its pids are invalid" },
	{ "a pid twice", pid_twice, "in the same namespace" },
	{ "a pid twice in a container", pid_twice_inside, "in the same namespace" },
	{ "no levels", no_levels, "its pids are invalid" },
	{ "a level less than its parent", level_lost, "its levels do not fit its parent's" },
	{ "33 levels, out of 2", level_jump, "its p" },
	{ "a group of other levels", levels_differ, "its pids are invalid" },
	{ "an init that is not pid 1", init_not_1, "it cannot be the init" },
	{ "a thread as an init", thread_init, "it cannot be the init" },
	{ "a UTS namespace that is not there", no_uts, "its namespaces are not in the image" },
	{ "signal 65 for the parent", exit_signal, "signal 65" },
};

static const struct row process_rows[] = {
	{ "a mapping at 0", vma_zero, "its mapping at 0x0" },
	{ "an empty mapping", vma_empty, "its mapping at" },
	{ "mappings that overlap", vma_overlap, "its mapping at" },
	{ "a mapping in the middle of a page", vma_odd, "its mapping at" },
	{ "a mapping into the kernel", vma_kernel, "its mapping at" },
	{ "a mapping up to the end", vma_top, "its mapping at" },
	{ "a mapping of no kind", vma_kind, "of no known kind" },
	{ "a mapping of a file that is not there", vma_file, "of no known kind" },
	{ "an offset that overflows", vma_offset, "of no known kind" },
	{ "an offset above 32 bits of pages", vma_offset_32, "of no known kind" },
	{ "a mapping behind its memory", vma_shared_far, "of no known kind" },
	{ "a mapping shared and private", vma_both, "of no known kind" },
	{ "no vdso", vdso_none, "0 vdsos" },
	{ "two vdsos", vdso_two, "2 vdsos" },
	{ "a vdso in the kernel", vdso_high, "its mapping at" },
	{ "pages outside of mappings", page_outside, "its pages at 0x1000" },
	{ "pages at an odd address", page_odd, "its pages at" },
	{ "pages at the end", page_top, "its pages at 0xfffff000" },
	{ "pages twice", page_order, "its pages at" },
	{ "a part of a page", page_half, "its pages at" },
	{ "borrowed pages outside of mappings", borrowed_outside, "its borrowed pages at 0x1000" },
	{ "a part of a borrowed page", borrowed_half, "its borrowed pages at" },
	{ "more borrowed pages than there can be", borrowed_top, "its borrowed pages at" },
	{ "borrowed pages twice", borrowed_order, "its borrowed pages at" },
	{ "pages borrowed from itself", borrowed_from_self, "does not come before it" },
	{ "pages borrowed from nobody", borrowed_from_none, "does not come before it" },
	{ "pages borrowed from an odd address", borrowed_odd, "does not come before it" },
	{ "borrowed pages that nobody has", borrowed_missing, "its borrowed page at" },
	{ "borrowed pages at the end", borrowed_far, "its borrowed page at" },
	{ "a borrowed page that is its own, too", borrowed_own, "both its own and borrowed" },
	{ "no program", no_exe, "its program is not in the image" },
	{ "a relative directory", relative_cwd, "is not an absolute path" },
	{ "no root", no_root, "is not an absolute path" },
	{ "half an auxiliary vector", auxv, "an auxiliary vector of" },
	{ "a descriptor twice", fd_twice, "its descriptor" },
	{ "descriptor 1024", fd_high, "its descriptor 1024" },
	{ "a descriptor of nothing", fd_nothing, "its descriptor" },
	{ "a umask of 01000", umask_large, "its umask is 01000" },
	{ "a handler for SIGKILL", kill_caught, "an action for signal 9" },
	{ "signal 0 pending", pending_0, "a pending signal is invalid" },
	{ "signal 65 pending", pending_65, "a pending signal is invalid" },
	{ "SIGKILL pending", pending_kill, "a pending signal is invalid" },
	{ "stopped by SIGUSR1", stop_signal, "stopped by signal 10" },
	{ "an interval timer in the past", itimer_negative, "its interval timer 0" },
	{ "an interval of ages", itimer_long, "its interval timer 0" },
	{ "a timer in the past", timer_negative, "its timer 0" },
	{ "timer 4097", timer_id, "its timer 4097" },
	{ "timer -1", timer_id_negative, "its timer -1" },
	{ "a timer with signal 65", timer_signal, "its timer 0" },
	{ "a timer that notifies another process", timer_stranger, "notifies a task that is not one of its threads" },
	{ "a timer that notifies task -2", timer_nobody, "notifies a task that is not one of its threads" },
	{ "a limit above its bound", limit, "its soft limit 3" },
	{ "oom_score_adj 1001", oom, "its oom_score_adj is 1001" },
	{ "FPU state of no kind", fpu_kind, "FPU state" },
	{ "no FPU state", fpu_none, "FPU state" },
	{ "a nice value below all", nice_low, "nice value" },
	{ "no way to treat a memory error", mce_kill, "a setting that no thread can have" },
	{ "a timer slack of ages", slack_long, "a setting that no thread can have" },
	{ "a time slice of ages", slice_long, "a setting that no thread can have" },
	{ "a registration that is none", registered, "a setting that no process can have" },
	{ "memory that was to be locked", mlock_all, "a setting that no process can have" },
	{ "a protection of no kind", mdwe, "a setting that no process can have" },
	{ "signal 65 when the parent ends", death_signal, "signal 65" },
};

static const struct row object_rows[] = {
	{ "a file of no kind", open_kind, "file 0: " },
	{ "a pipe that is not there", pipe_far, "of another kind" },
	{ "a pipe that is a fifo", pipe_is_fifo, "of another kind" },
	{ "a fifo that is a pipe", fifo_is_pipe, "of another kind" },
	{ "a terminal that is not there", pty_far, "of another kind" },
	{ "a device without a path", device_relative, "of another kind" },
	{ "contents of a file that comes later", same_later, "of another kind" },
	{ "contents of a device", same_kind, "of another kind" },
	{ "contents of itself", same_self, "of another kind" },
	{ "an extent far behind a deleted file", extent_far, "of another kind" },
	{ "an extent behind a deleted file", extent_behind, "of another kind" },
	{ "an extent of nothing", extent_empty, "of another kind" },
	{ "a deleted file without an end", file_endless, "of another kind" },
	{ "a deleted file of nobody", file_owner, "of another kind" },
	{ "a deleted file with a time that cannot be", file_time, "of another kind" },
	{ "a fifo that is opened by no path", fifo_nowhere, "of another kind" },
	{ "a deleted file of an odd mode", file_mode, "of another kind" },
	{ "a standard descriptor 3", outside_far, "of another kind" },
	{ "an eventfd that counts too far", counter_far, "of another kind" },
	{ "a file of a mount namespace that is not there", open_mounts, "of another kind" },
	{ "a pipe of a mount namespace that cannot be", pipe_mounts, "its mount namespace is not in the image" },
	{ "a terminal of a mount namespace that is not there", pty_mounts, "its mount namespace is not in the image" },
	{ "a mapped file of a mount namespace that is not there", mapped_mounts, "or no mount namespace" },
	{ "a mount without a path", mount_relative, "its mounts are invalid" },
	{ "a mount of nothing", mount_nothing, "its mounts are invalid" },
	{ "a mount with flags that are none of its own", mount_flags, "its mounts are invalid" },
	{ "a /proc with such flags", proc_flags, "its mounts are invalid" },
	{ "a /proc of no pid namespace", proc_nobody, "its /proc is of no pid namespace" },
	{ "more bytes than a pipe can hold", pipe_full, "bytes in a pipe for 1" },
	{ "a pipe of 2 GiB", pipe_large, "is too much" },
	{ "a fifo without a path", fifo_relative, "a fifo without an absolute path" },
	{ "/dev/pts/256", pty_index, "/dev/pts/256" },
	{ "a terminal's session that is not there", pty_session, "terminal 0: " },
	{ "a terminal of nobody", pty_owner, "its owner or permissions are invalid" },
	{ "a terminal with more than permissions", pty_mode, "its owner or permissions are invalid" },
	{ "a foreground that is not there", foreground_far, "outer terminal 0: " },
	{ "a zombie in the foreground", foreground_zombie, "outer terminal 0: " },
	{ "two terminals outside", two_terminals, "TERM" },
	{ "shared memory of no size", shared_size, "its size is invalid" },
	{ "shared memory of half a page", shared_odd, "its size is invalid" },
	{ "shared memory of all addresses", shared_all, "its size is invalid" },
	{ "pages behind shared memory", shared_page, "are not in it" },
	{ "a mapped file without a path", mapped_relative, "no absolute path" },
};

static void write_image(const struct image *image)
{
	struct image_writer w;

	if (image_create(&w, HOSTILE) || image_put_all(&w, image) || image_commit(&w))
		fail("the image cannot be written");
}

static void refuse(const struct row *r, const struct tasks *before)
{
	struct image image;
	const struct said *s;

	if (image_load(&image, SOUND))
		fail("the sound image is refused");
	r->edit(&image);
	write_image(&image);
	s = TOOL("restart", "-i", HOSTILE);
	if (s->status != 1 || *s->out || !strstr(s->err, r->words) || strchr(s->err, '\n')[1])
		fail("%s: exit status %d, `%.150s'", r->name, s->status, s->err);
	same_tasks(before, r->name);
	/* What was edited is not freed: it may not be what was allocated. */
}

static void each(const struct row *rows, size_t n)
{
	struct restored r;
	struct tasks before;

	use_images();
	restored_start(&r, various_tree);
	restored_checkpoint(&r);
	list_tasks(&before);
	for (size_t i = 0; i < n; i++)
		refuse(&rows[i], &before);
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static void tasks(void)
{
	each(task_rows, ARRAY_SIZE(task_rows));
}

static void processes(void)
{
	each(process_rows, ARRAY_SIZE(process_rows));
}

static void objects(void)
{
	each(object_rows, ARRAY_SIZE(object_rows));
}

/* Whatever stands in names and paths: nothing of it reaches a terminal as a command. */
static void shown(void)
{
	/* Of each kind of open file that says more than its path. */
	static const char *const words[] = {
		"/unlinked (deleted), recorded with it, at byte 8 (reads and writes", "pipe 0 with 5 bytes in it (reads",
		"/fifo 1 with 0 bytes in it (reads and writes", ": semaphore of eventfd() at 3 (reads and writes", " (only a place",
	};
	struct restored r;
	struct image image;
	const struct said *s;

	use_images();
	restored_start(&r, various_tree);
	restored_checkpoint(&r);
	s = succeeded(TOOL("sh", "-c", "checkpoint --show " SOUND " | grep -A 20 -m 1 files: | head -c 8000"));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strstr(s->out, words[i]))
			fail("`%s' is not shown: `%.200s'", words[i], s->out);
	if (image_load(&image, SOUND))
		fail("the sound image is refused");
	strcpy(image.tasks[0].name, "a\033[2Jb\nc\r\t\a");
	memcpy(image.mapped[0].path, "/\033[H", 4);
	memcpy(image.processes[0].cwd, "/\033c\n", 4);
	strcpy(image.tasks[1].name, "\233J\177");
	write_image(&image);
	s = succeeded(TOOL("sh", "-c", "checkpoint --show " HOSTILE " | head -c 8000"));
	if (!strstr(s->out, "a?[2Jb?c?" "?" "?'"))
		fail("the first task's name is not shown: `%.100s'", s->out);
	for (const char *p = s->out; *p; p++)
		if ((*p < ' ' && *p != '\n') || *p > '~')
			fail("a character 0x%x is shown", (unsigned char)*p);
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

/* A section that has no end: refused when what has come is more than there is room for, and nobody is killed for it. */
static void endless(void)
{
	static const unsigned char head[] = "clone_with_pids image 4\nPROC\377\377\377\077\0\0\0";
	struct tasks before;

	use_tools();
	list_tasks(&before);
	write_file("head", head, sizeof(head));
	complained(TOOL("sh", "-c", "cat head /dev/zero | restart -i -"), 1, "section 0 of 1073741823 bytes: Out of memory");
	complained(TOOL("sh", "-c", "cat head | restart -i -"), 1, "ends too early, in section 0");
	same_tasks(&before, "an image without an end");
}

static const struct function_row functions[] = {
	{ "names and paths with control characters", shown },
	{ "a section without an end", endless },
	{ "tasks", tasks },
	{ "processes and threads", processes },
	{ "what they refer to", objects },
};

static const struct group unsound_groups[] = { FUNCTIONS(functions) };

SUITE(unsound);
