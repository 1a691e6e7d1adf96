// SPDX-License-Identifier: GPL-2.0
/*
 * How each structure of the image is laid out in bytes.  One description serves to write and to read: see
 * cr/image/coder.h.  The kinds of open files describe what these refer to: cr/kinds.
 */
#include "code.h"
#include "cr/kinds/image.h"

const char image_magic[] = "clone_with_pids image 4\n";
const char image_end_tag[] = "END ";

void image_code_head(struct coder *c, struct image_head *h)
{
	code_bytes(c, h->tag, 4);
	code_u32(c, &h->length);
	code_u32(c, &h->checksum);
}

static void code_numbers(struct coder *c, struct numbers *n)
{
	code_u32(c, &n->levels);
	if (n->levels > MAX_LEVELS)
		coder_fail(c, "more levels than there are");
	for (uint32_t i = 0; i < n->levels && !c->error; i++)
		code_i32(c, &n->nr[i]);
}

static void code_task(struct coder *c, void *element)
{
	struct recorded_task *t = element;

	code_u32(c, &t->kind);
	code_name(c, t->name, sizeof(t->name));
	code_i32(c, &t->parent);
	code_numbers(c, &t->pid);
	code_numbers(c, &t->pgid);
	code_numbers(c, &t->sid);
	code_bool(c, &t->pgid_outside);
	code_bool(c, &t->sid_outside);
	code_bool(c, &t->new_pid_ns);
	code_i32(c, &t->uts);
	code_i32(c, &t->mounts);
	code_i32(c, &t->children_ns);
	code_i32(c, &t->terminal);
	code_u32(c, &t->exit_signal);
	code_u32(c, &t->exit_status);
	code_bool(c, &t->stop_unheard);
	code_i32(c, &t->process);
	code_i32(c, &t->thread);
}

static void code_vma(struct coder *c, void *element)
{
	struct vma *v = element;

	code_u32(c, &v->start);
	code_u32(c, &v->end);
	code_u32(c, &v->kind);
	code_u32(c, &v->prot);
	code_u32(c, &v->flags);
	code_u64(c, &v->offset);
	code_i32(c, &v->object);
	code_u32(c, &v->advice);
}

static void code_pages(struct coder *c, void *element)
{
	struct pages *p = element;

	code_u32(c, &p->start);
	code_blob_in_place(c, &p->data);
}

static void code_borrowed(struct coder *c, void *element)
{
	struct borrowed *b = element;

	code_u32(c, &b->start);
	code_u32(c, &b->size);
	code_i32(c, &b->process);
	code_u32(c, &b->from);
}

static void code_fd(struct coder *c, void *element)
{
	struct fd *f = element;

	code_u32(c, &f->number);
	code_i32(c, &f->open);
	code_bool(c, &f->cloexec);
}

static void code_pending(struct coder *c, void *element)
{
	struct pending *p = element;

	code_bytes(c, p->info, sizeof(p->info));
}

static void code_timer(struct coder *c, void *element)
{
	struct posix_timer *t = element;

	code_i32(c, &t->id);
	code_u32(c, &t->clock);
	code_u32(c, &t->notify);
	code_u32(c, &t->signo);
	code_u32(c, &t->value);
	code_i32(c, &t->notify_task);
	code_i64(c, &t->left_ns);
	code_i64(c, &t->interval_ns);
	code_u32(c, &t->overrun);
}

static void code_memory(struct coder *c, struct process *p)
{
	uint32_t *const fields[] = {
		&p->start_code, &p->end_code, &p->start_data, &p->end_data, &p->start_brk, &p->brk,
		&p->start_stack, &p->arg_start, &p->arg_end, &p->env_start, &p->env_end,
	};

	CODE_ARRAY(c, p, vmas, VMAS_MAX, 36, code_vma);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		code_u32(c, fields[i]);
	code_blob(c, &p->auxv);
	code_i32(c, &p->exe);
	code_bool(c, &p->dumpable);
	CODE_ARRAY(c, p, pages, LIST_MAX, 8, code_pages);
	CODE_ARRAY(c, p, borrowed, LIST_MAX, 16, code_borrowed);
}

/* Most actions are the default, all 0.  Only the others are written. */
static void code_actions(struct coder *c, struct process *p)
{
	uint64_t set = 0;

	for (int i = 0; i < SIGNALS && !c->reading; i++) {
		const struct action *a = &p->actions[i];

		if (a->handler || a->flags || a->restorer || a->mask)
			set |= 1ULL << i;
	}
	code_u64(c, &set);
	for (int i = 0; i < SIGNALS; i++) {
		if (!(set >> i & 1))
			continue;
		code_u32(c, &p->actions[i].handler);
		code_u32(c, &p->actions[i].flags);
		code_u32(c, &p->actions[i].restorer);
		code_u64(c, &p->actions[i].mask);
	}
	CODE_ARRAY(c, p, pending, LIST_MAX, 128, code_pending);
}

static void code_process(struct coder *c, void *element)
{
	struct process *p = element;

	code_memory(c, p);
	CODE_ARRAY(c, p, fds, FDS_MAX, 9, code_fd);
	code_string(c, &p->cwd);
	code_string(c, &p->root);
	code_u32(c, &p->umask);
	code_actions(c, p);
	for (int i = 0; i < 3; i++) {
		code_i64(c, &p->itimer_left_ns[i]);
		code_i64(c, &p->itimer_interval_ns[i]);
	}
	CODE_ARRAY(c, p, timers, LIST_MAX, 44, code_timer);
	for (int i = 0; i < 16; i++) {
		code_u64(c, &p->rlimit_soft[i]);
		code_u64(c, &p->rlimit_hard[i]);
	}
	code_i32(c, &p->oom_score_adj);
	code_bool(c, &p->subreaper);
	code_u32(c, &p->membarrier);
	code_u32(c, &p->mlock_future);
	code_u32(c, &p->mdwe);
	code_bool(c, &p->thp_disable);
	code_u32(c, &p->stop_signal);
}

static void code_group(struct coder *c, void *element)
{
	code_u32(c, element);
}

static void code_credentials(struct coder *c, struct thread *t)
{
	code_u32s(c, t->uid, 4);
	code_u32s(c, t->gid, 4);
	CODE_ARRAY(c, t, groups, GROUPS_MAX, 4, code_group);
	code_u64(c, &t->inheritable);
	code_u64(c, &t->permitted);
	code_u64(c, &t->effective);
	code_u64(c, &t->bounding);
	code_u64(c, &t->ambient);
	code_u32(c, &t->securebits);
	code_bool(c, &t->no_new_privs);
}

static void code_thread(struct coder *c, void *element)
{
	struct thread *t = element;

	code_u32s(c, t->regs, 17);
	code_u32(c, &t->fpu_kind);
	code_blob(c, &t->fpu);
	code_u32s(c, t->tls[0], 12);
	code_u64(c, &t->blocked);
	CODE_ARRAY(c, t, pending, LIST_MAX, 128, code_pending);
	code_u32(c, &t->altstack_sp);
	code_u32(c, &t->altstack_size);
	code_u32(c, &t->altstack_flags);
	code_u32(c, &t->robust_list);
	code_u32(c, &t->robust_list_size);
	code_u32(c, &t->clear_child_tid);
	code_u32(c, &t->rseq);
	code_u32(c, &t->rseq_size);
	code_u32(c, &t->rseq_signature);
	code_i32(c, &t->nice);
	code_u32(c, &t->policy);
	code_u32(c, &t->priority);
	code_u64(c, &t->slice_ns);
	code_u64(c, &t->affinity);
	code_u64(c, &t->timer_slack_ns);
	code_u32(c, &t->io_priority);
	code_u32(c, &t->mce_kill);
	code_bool(c, &t->io_flusher);
	code_bool(c, &t->no_tsc);
	code_u32(c, &t->parent_death_signal);
	code_u32(c, &t->personality);
	code_credentials(c, t);
}

static void code_open(struct coder *c, void *element)
{
	struct open *o = element;

	code_u32(c, &o->kind);
	code_u32(c, &o->flags);
	code_string(c, &o->path);
	code_i32(c, &o->mounts);
	/* Of one of no known kind, image_check() will say so. */
	if (o->kind < OPEN_KINDS && image_kinds[o->kind]->code)
		image_kinds[o->kind]->code(c, o);
}

static void code_mapped(struct coder *c, void *element)
{
	struct mapped_file *m = element;

	code_string(c, &m->path);
	code_i32(c, &m->mounts);
	code_bool(c, &m->writable);
	code_u64(c, &m->size);
	code_u64(c, &m->mtime_ns);
	code_u32(c, &m->dev);
	code_u32(c, &m->ino);
}

static void code_shared(struct coder *c, void *element)
{
	struct shared_memory *s = element;

	code_u64(c, &s->size);
	CODE_ARRAY(c, s, pages, LIST_MAX, 8, code_pages);
}

static void code_uts(struct coder *c, void *element)
{
	struct uts *u = element;

	code_name(c, u->nodename, sizeof(u->nodename));
	code_name(c, u->domainname, sizeof(u->domainname));
}

static void code_mount_point(struct coder *c, void *element)
{
	struct mount_point *m = element;

	code_u32(c, &m->flags);
	code_string(c, &m->point);
	code_string(c, &m->what);
}

static void code_mounts(struct coder *c, void *element)
{
	struct mounts *m = element;

	code_i32(c, &m->proc_of);
	code_u32(c, &m->proc_flags);
	code_name(c, m->proc_source, sizeof(m->proc_source));
	CODE_ARRAY(c, m, points, MOUNTS_MAX, 6, code_mount_point);
}

/* What each list of the image is called in a file, and the function that codes one of its elements. */
const struct image_list_info image_lists[IMAGE_LISTS] = {
	[IMAGE_TASK]     = { "TASK", TASKS_MAX, code_task },
	[IMAGE_UTS]      = { "UTS ", TASKS_MAX, code_uts },
	[IMAGE_MOUNTS]   = { "MNTS", TASKS_MAX, code_mounts },
	[IMAGE_THREAD]   = { "THRD", TASKS_MAX, code_thread },
	[IMAGE_MAPPED]   = { "MAPF", LIST_MAX,  code_mapped },
	[IMAGE_PIPE]     = { "PIPE", LIST_MAX,  code_pipe },
	[IMAGE_PTY]      = { "PTY ", LIST_MAX,  code_pty },
	[IMAGE_TERMINAL] = { "TERM", 1,         code_terminal },
	[IMAGE_OPEN]     = { "OPEN", LIST_MAX,  code_open },
	[IMAGE_SHARED]   = { "SHM ", LIST_MAX,  code_shared },
	[IMAGE_PROCESS]  = { "PROC", TASKS_MAX, code_process },
};
