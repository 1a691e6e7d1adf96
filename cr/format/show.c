// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "cr/kinds/image.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "show.h"
#include "lib/table.h"
#include "lib/tree.h"

#define NS_PER_MS 1000000

/* Make a name or path of the image printable: it may contain anything, even commands for the terminal. */
static const char *shown(const char *text)
{
	static char buf[2][PATH_SIZE];
	static int next;

	next = !next;
	snprintf(buf[next], sizeof(buf[next]), "%s", text ? text : "?");
	return printable(buf[next]);
}

int image_tree(struct tree *tree, const struct image *image)
{
	*tree = (struct tree){ 0 };
	for (uint32_t i = 0; i < image->n_tasks; i++) {
		const struct recorded_task *from = &image->tasks[i];
		struct task t = { .parent = from->parent, .levels = from->pid.levels };

		memcpy(t.name, from->name, sizeof(t.name));
		printable(t.name);
		memcpy(t.pid, from->pid.nr, sizeof(t.pid));
		t.tgid = from->kind == TASK_THREAD ? image->tasks[from->parent].pid.nr[0] : t.pid[0];
		t.depth = from->parent < 0 ? 0 : tree->task[from->parent].depth + 1;
		t.ppid = from->parent < 0 ? 0 : tree->task[from->parent].pid[0];
		t.pgid = from->pgid.nr[0];
		t.sid = from->sid.nr[0];
		t.state = from->kind == TASK_ZOMBIE ? 'Z' : 'S';
		if (!tree_add(tree, &t)) {
			tree_free(tree);
			return -1;
		}
	}
	return 0;
}

static void show_vma(FILE *f, const struct image *image, const struct vma *v)
{
	static const char *const names[VMA_KINDS] = {
		[VMA_ANON] = "", [VMA_SHARED_ANON] = "[shared]", [VMA_VDSO] = "[vdso]", [VMA_VVAR] = "[vvar]",
	};
	const char *name = v->kind == VMA_FILE ? shown(image->mapped[v->object].path) :
			   v->flags & MAP_GROWSDOWN ? "[stack]" : names[v->kind];

	fprintf(f, "    %08x-%08x %c%c%c%c %s\n", v->start, v->end, v->prot & PROT_READ ? 'r' : '-',
		v->prot & PROT_WRITE ? 'w' : '-', v->prot & PROT_EXEC ? 'x' : '-', v->flags & MAP_SHARED ? 's' : 'p', name);
}

static void show_memory(FILE *f, const struct image *image, const struct process *p)
{
	unsigned long bytes = 0, borrowed = 0;

	for (uint32_t i = 0; i < p->n_pages; i++)
		bytes += p->pages[i].data.size;
	for (uint32_t i = 0; i < p->n_borrowed; i++)
		borrowed += p->borrowed[i].size;
	fprintf(f, "  memory: %u mappings, %lu pages recorded, ", p->n_vmas, bytes / PAGE_BYTES);
	if (borrowed)
		fprintf(f, "%lu shared with processes above, ", borrowed / PAGE_BYTES);
	fprintf(f, "program %s\n", shown(image->mapped[p->exe].path));
	for (uint32_t i = 0; i < p->n_vmas; i++)
		show_vma(f, image, &p->vmas[i]);
}

static void show_fd(FILE *f, const struct image *image, const struct fd *fd)
{
	const struct open *o = &image->opens[fd->open];
	static const char *const access[] = { "reads", "writes", "reads and writes", "" };

	fprintf(f, "    %u: ", fd->number);
	if (image_kinds[o->kind]->show)
		image_kinds[o->kind]->show(f, image, o, shown(o->path));
	else
		fputs(shown(o->path), f);
	/* The C library counts O_PATH among the access modes. */
	fprintf(f, " (%s%s; file %d)\n", o->flags & O_PATH ? "only a place" : access[o->flags & O_ACCMODE], fd->cloexec ? ", closed by exec" : "", fd->open);
}

static void show_files(FILE *f, const struct image *image, const struct process *p)
{
	fprintf(f, "  files: %u descriptors, directory %s, umask %03o\n", p->n_fds, shown(p->cwd), p->umask);
	for (uint32_t i = 0; i < p->n_fds; i++)
		show_fd(f, image, &p->fds[i]);
}

static void show_signals(FILE *f, const struct process *p)
{
	static const char *const itimers[] = { "real", "virtual", "profiling" };
	const char *sep = "";

	fprintf(f, "  signals:");
	for (int i = 0; i < SIGNALS; i++) {
		if (!p->actions[i].handler)
			continue;
		fprintf(f, "%s %d %s", sep, i + 1, p->actions[i].handler == 1 ? "ignored" : "caught");
		sep = ",";
	}
	fprintf(f, "%s; %u pending for the process\n", *sep ? "" : " all by default", p->n_pending);
	for (int i = 0; i < 3; i++)
		if (p->itimer_left_ns[i])
			fprintf(f, "  interval timer, %s: %" PRId64 " ms left\n", itimers[i], p->itimer_left_ns[i] / NS_PER_MS);
	for (uint32_t i = 0; i < p->n_timers; i++)
		fprintf(f, "  timer %d: signal %u, %" PRId64 " ms left\n", p->timers[i].id, p->timers[i].signo,
			p->timers[i].left_ns / NS_PER_MS);
}

static void show_thread(FILE *f, const struct thread *t)
{
	/* struct user_regs_struct: ebx ecx edx esi edi ebp eax ds es fs gs orig_eax eip cs eflags esp ss */
	static const struct { const char *name; int index; } regs[] = {
		{ "eip", 12 }, { "esp", 15 }, { "eax", 6 }, { "ebx", 0 }, { "ecx", 1 }, { "edx", 2 }, { "esi", 3 },
		{ "edi", 4 }, { "ebp", 5 }, { "gs", 10 },
	};

	fprintf(f, "  registers:");
	for (size_t i = 0; i < sizeof(regs) / sizeof(*regs); i++)
		fprintf(f, " %s %x", regs[i].name, t->regs[regs[i].index]);
	if ((int32_t)t->regs[11] >= 0)
		fprintf(f, "; in system call %u", t->regs[11]);
	fprintf(f, "\n  FPU: %u bytes; blocked signals %016" PRIx64 ", %u pending; uid %u, gid %u\n", t->fpu.size,
		t->blocked, t->n_pending, t->uid[0], t->gid[0]);
}

/* Show the mounts whose flags are about more than access times. */
static void show_mounts(FILE *f, const struct mounts *m)
{
	static const struct { uint32_t flag; const char *name; } bounds[] = {
		{ MS_RDONLY, " ro" }, { MS_NOSUID, " nosuid" }, { MS_NODEV, " nodev" }, { MS_NOEXEC, " noexec" },
		{ MS_NOSYMFOLLOW, " nosymfollow" },
	};

	fprintf(f, "  mounts: %u, and /proc", m->n_points);
	if (m->proc_of >= 0)
		fprintf(f, " of the pid namespace of task %d", m->proc_of);
	fprintf(f, "\n");
	for (uint32_t i = 0; i <= m->n_points; i++) {
		uint32_t flags = i < m->n_points ? m->points[i].flags : m->proc_flags;

		if (!(flags & ~(unsigned int)(MS_RELATIME | MS_NOATIME | MS_NODIRATIME)))
			continue;
		fprintf(f, "    %s:", i < m->n_points ? shown(m->points[i].point) : "/proc");
		for (size_t k = 0; k < sizeof(bounds) / sizeof(*bounds); k++)
			if (flags & bounds[k].flag)
				fprintf(f, "%s", bounds[k].name);
		fprintf(f, "\n");
	}
}

static void show_task(FILE *f, const struct image *image, uint32_t i)
{
	const struct recorded_task *t = &image->tasks[i];
	char words[64], pids[NUMBERS_TEXT];

	fprintf(f, "task %u, %s `%s', pids %s", i,
		t->kind == TASK_THREAD ? "thread" : t->kind == TASK_ZOMBIE ? "zombie" : "process", shown(t->name),
		numbers_text(&t->pid, pids));
	if (t->kind == TASK_THREAD)
		fprintf(f, ", of task %d", t->parent);
	fprintf(f, "%s\n", t->new_pid_ns ? ", init of its pid namespace" : "");
	if (t->uts >= 0)
		fprintf(f, "  host name: %s\n", shown(image->utss[t->uts].nodename));
	if (t->mounts >= 0 && (t->parent < 0 || image->tasks[t->parent].mounts != t->mounts))
		show_mounts(f, &image->mountss[t->mounts]);
	if (t->kind == TASK_ZOMBIE) {
		fprintf(f, "  %s\n", status_words(t->exit_status, words, sizeof(words)));
		return;
	}
	if (t->kind == TASK_PROCESS) {
		const struct process *p = &image->processes[t->process];

		show_memory(f, image, p);
		show_files(f, image, p);
		show_signals(f, p);
	}
	show_thread(f, &image->threads[t->thread]);
}

static void show_terminal(FILE *f, const struct image *image, const struct terminal *t)
{
	fprintf(f, "terminal, outside: %u rows, %u columns", t->rows, t->columns);
	if (t->foreground >= 0)
		fprintf(f, "; task %d `%s' was in the foreground", t->foreground, shown(image->tasks[t->foreground].name));
	fputc('\n', f);
}

void image_show(FILE *f, const struct image *image)
{
	struct tree tree;

	if (!image_tree(&tree, image)) {
		table_print(f, "as recorded", &tree, COLUMN_PGID | COLUMN_SID);
		tree_free(&tree);
	}
	for (uint32_t i = 0; i < image->n_terminals; i++)
		show_terminal(f, image, &image->terminals[i]);
	for (uint32_t i = 0; i < image->n_tasks; i++)
		show_task(f, image, i);
}
