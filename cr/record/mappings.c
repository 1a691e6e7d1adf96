// SPDX-License-Identifier: GPL-2.0
/* Record mappings as /proc/PID/smaps lists them, the mapped files, and the memory that several tasks share. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "lib/grow.h"
#include "lib/procfs.h"
#include "record.h"
#include "cr/hold/refuse.h"

#define MAP_NAME_SIZE 4200

/* A line of /proc/PID/maps. */
struct line {
	unsigned long start, end;
	char perms[5];
	uint64_t offset;
	unsigned int major, minor;
	unsigned long inode;
	char name[MAP_NAME_SIZE];
	char flags[256];		/* VmFlags */
};

static int refuse_mapping(const struct held *h, const struct line *l, const char *why)
{
	char object[OBJECT_SIZE];

	snprintf(object, sizeof(object), "mapping %08lx-%08lx%s%.120s", l->start, l->end, *l->name ? " " : "", l->name);
	return refuse(&h->task, object, why);
}

static bool has(const struct line *l, const char *flag)
{
	for (const char *p = l->flags; (p = strstr(p, flag)); p++)
		if ((p == l->flags || p[-1] == ' ') && (p[2] == ' ' || p[2] == '\n' || !p[2]))
			return true;
	return false;
}

bool record_name_is_deleted(const char *name)
{
	static const char suffix[] = " (deleted)";
	size_t len = strlen(name), n = sizeof(suffix) - 1;

	return len > n && !strcmp(name + len - n, suffix);
}

/* Has its mount become noexec?  Old executable mappings stay, but a restart could make no new ones. */
static bool runs_no_more(const char *link)
{
	struct statfs fs;

	return statfs(link, &fs) || fs.f_flags & BOUND_NOEXEC;
}

int record_mapped(struct recorder *rec, const struct held *h, const char *link, const char *name, bool writable, bool runs)
{
	struct mapped_file *m;
	struct file_id id;
	char object[OBJECT_SIZE];
	const char *why;
	uint32_t dev;
	int32_t mounts;

	snprintf(object, sizeof(object), "mapped file `%s'", name);
	if (file_id(&id, AT_FDCWD, link, 0))
		return refuse_unread(&h->task, object);
	dev = makedev(id.major, id.minor);
	why = !S_ISREG(id.mode) ? "not a regular file" : runs && runs_no_more(link) ? "on a mount that has become noexec" :
	      record_way_to(rec, h->remote.tid, link, name, &id, &mounts);
	if (why)
		return refuse(&h->task, object, why);
	for (uint32_t i = 0; i < rec->image.n_mapped; i++) {
		m = &rec->image.mapped[i];
		if (m->dev == dev && m->ino == (uint32_t)id.ino && m->mounts == mounts && m->writable == writable &&
		    !strcmp(m->path, name))
			return i;
	}
	m = image_append(&rec->image, IMAGE_MAPPED);
	if (!m || !(m->path = strdup(name)))
		return refuse(&h->task, object, strerror(ENOMEM));
	m->mounts = mounts;
	m->writable = writable;
	m->size = id.size;
	m->mtime_ns = id.mtime_ns;
	m->dev = dev;
	m->ino = id.ino;
	return rec->image.n_mapped - 1;
}

/* Read the pages that a shared anonymous object has, through its file in /proc/PID/map_files. */
static int read_object(struct recorder *rec, const struct held *h, const struct line *l, struct shared_memory *s)
{
	char path[80];
	struct stat st;
	off_t at = 0, hole;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/map_files/%lx-%lx", h->remote.tid, l->start, l->end);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return refuse_mapping(h, l, strerror(errno));
	s->size = st.st_size;
	while ((at = lseek(fd, at, SEEK_DATA)) >= 0 && (hole = lseek(fd, at, SEEK_HOLE)) > at) {
		size_t size = hole - at > (off_t)RECORD_RUN ? RECORD_RUN : (size_t)(hole - at);
		struct pages *larger = grow(s->pages, s->n_pages, sizeof(*larger));
		unsigned char *data = store_room(&rec->shared_pages, &size);

		if (larger)
			s->pages = larger;
		if (!larger || !data || pread(fd, data, size, at) != (ssize_t)size) {
			close(fd);
			return refuse_mapping(h, l, "its contents cannot be read");
		}
		store_take(&rec->shared_pages, size);
		s->pages[s->n_pages++] = (struct pages){ at, { size, data } };
		at += size;
	}
	close(fd);
	return 0;
}

/* The index in image.shared of a shared anonymous object, identified by its inode, which the image does not contain. */
static int shared_object(struct recorder *rec, const struct held *h, const struct line *l)
{
	uint32_t n = rec->image.n_shared;
	struct shared_memory *s;
	unsigned long *larger;

	for (uint32_t i = 0; i < n; i++)
		if (rec->shared[i] == l->inode)
			return i;
	larger = grow(rec->shared, n, sizeof(*larger));
	if (larger)
		rec->shared = larger;
	s = image_append(&rec->image, IMAGE_SHARED);
	if (!larger || !s)
		return refuse_mapping(h, l, strerror(ENOMEM));
	rec->shared[n] = l->inode;
	return read_object(rec, h, l, s) ? -1 : (int)n;
}

/* A shared mapping of a file that was open only for reading can never become writable (VM_MAYWRITE: "mw"). */
static int map_file(struct recorder *rec, const struct held *h, const struct line *l)
{
	char link[80];

	snprintf(link, sizeof(link), "/proc/%d/map_files/%lx-%lx", h->remote.tid, l->start, l->end);
	return record_mapped(rec, h, link, l->name, l->perms[3] == 's' && has(l, "mw"), l->perms[2] == 'x');
}

static int classify(struct recorder *rec, const struct held *h, const struct line *l, struct vma *v)
{
	v->object = -1;
	if (!strcmp(l->name, "[vdso]")) {
		v->kind = VMA_VDSO;
		return 0;
	}
	if (!strncmp(l->name, "[vvar", 5)) {
		v->kind = VMA_VVAR;
		return 0;
	}
	if (has(l, "io") || has(l, "pf"))
		return refuse_mapping(h, l, "memory of a device");
	if (has(l, "uw") || has(l, "um") || has(l, "ui"))
		return refuse_mapping(h, l, "a userfaultfd is registered for it");
	if (has(l, "ht"))
		return refuse_mapping(h, l, "huge pages");
	if (!strncmp(l->name, "/SYSV", 5))	/* its inode number is its id, which can be 0 */
		return refuse_mapping(h, l, "System V shared memory");
	if (!l->inode) {
		v->kind = VMA_ANON;
	} else if (!strncmp(l->name, "/dev/zero", 9) && l->perms[3] == 's') {
		if (!has(l, "mw"))
			return refuse_mapping(h, l, "memory that is shared, and can never be written to");
		v->kind = VMA_SHARED_ANON;
		v->object = shared_object(rec, h, l);
	} else if (!strcmp(l->name, "/dev/zero")) {
		v->kind = VMA_ANON;	/* to the program the same */
		v->offset = 0;
	} else if (record_name_is_deleted(l->name)) {
		return refuse_mapping(h, l, "the file has been deleted");
	} else {
		v->kind = VMA_FILE;
		v->object = map_file(rec, h, l);
	}
	return v->object < 0 && (v->kind == VMA_FILE || v->kind == VMA_SHARED_ANON) ? -1 : 0;
}

static const struct { char flag[3]; int advice; } advices[] = {
	{ "sr", MADV_SEQUENTIAL }, { "rr", MADV_RANDOM }, { "dc", MADV_DONTFORK }, { "dd", MADV_DONTDUMP },
	{ "wf", MADV_WIPEONFORK }, { "hg", MADV_HUGEPAGE }, { "nh", MADV_NOHUGEPAGE }, { "mg", MADV_MERGEABLE },
};

static int add_vma(struct recorder *rec, const struct held *h, struct process *p, const struct line *l)
{
	struct vma *larger, *v;

	if (p->n_vmas == VMAS_MAX)
		return refuse_mapping(h, l, "one mapping too many");
	larger = grow(p->vmas, p->n_vmas, sizeof(*larger));
	if (!larger)
		return refuse_mapping(h, l, strerror(ENOMEM));
	p->vmas = larger;
	v = &p->vmas[p->n_vmas++];
	*v = (struct vma){
		.start = l->start, .end = l->end, .offset = l->offset,
		.prot = (l->perms[0] == 'r' ? PROT_READ : 0) | (l->perms[1] == 'w' ? PROT_WRITE : 0) |
			(l->perms[2] == 'x' ? PROT_EXEC : 0),
		.flags = (l->perms[3] == 's' ? MAP_SHARED : MAP_PRIVATE) | (has(l, "gd") ? MAP_GROWSDOWN : 0) |
			 (has(l, "nr") ? MAP_NORESERVE : 0) | (has(l, "lo") ? MAP_LOCKED : 0) | (has(l, "lf") ? MAP_NONBLOCK : 0),
	};
	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (has(l, advices[i].flag))
			v->advice |= 1U << advices[i].advice;
	return classify(rec, h, l, v);
}

/* Parse a line as in maps.  Returns what follows its end, or NULL. */
static char *parse_line(char *text, struct line *l)
{
	char *end = strchr(text, '\n');
	int used = 0;

	if (!end)
		return NULL;
	*end = '\0';
	if (sscanf(text, "%lx-%lx %4s %" SCNx64 " %x:%x %lu %n", &l->start, &l->end, l->perms, &l->offset, &l->major,
		   &l->minor, &l->inode, &used) != 7)
		return NULL;
	snprintf(l->name, sizeof(l->name), "%s", text + used);
	return end + 1;
}

/* In smaps, each mapping has a line as in maps, and more lines `Name: value', the last of which is VmFlags. */
int record_mappings(struct recorder *rec, const struct held *h, struct process *p)
{
	static const char flags[] = "\nVmFlags: ";
	char *text = procfs_text(h->remote.tid, "smaps"), *at = text, *end;
	int ret = text ? 0 : -1;

	while (!ret && *at) {
		struct line l = { 0 };

		at = parse_line(at, &l);
		at = at ? strstr(at, flags) : NULL;
		end = at ? strchr(at + strlen(flags), '\n') : NULL;
		if (!end) {
			ret = -1;
			break;
		}
		*end = '\0';
		snprintf(l.flags, sizeof(l.flags), "%s", at + strlen(flags));
		at = end + 1;
		if (add_vma(rec, h, p, &l)) {
			free(text);
			return -1;
		}
	}
	free(text);
	return ret ? refuse_unread(&h->task, "mappings") : 0;
}
