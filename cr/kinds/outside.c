// SPDX-License-Identifier: GPL-2.0
/*
 * Standard descriptors whose other end is outside the tree.  A restart cannot bring that back.  It puts in its place
 * its own descriptor, a file that its caller has chosen, or /dev/null where its own would do harm.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "cr/image/memory.h"
#include "cr/image/unsound.h"
#include "image.h"
#include "lib/report.h"
#include "outside.h"
#include "rebuild.h"

static const char *const names[] = { "input", "output", "error" };

static void code(struct coder *c, struct open *o)
{
	code_u32(c, &o->outside.number);
	code_bool(c, &o->outside.terminal);
}

void code_terminal(struct coder *c, void *element)
{
	struct terminal *t = element;

	code_bytes(c, t->termios, sizeof(t->termios));
	code_u16(c, &t->rows);
	code_u16(c, &t->columns);
	code_u16(c, &t->xpixel);
	code_u16(c, &t->ypixel);
	code_i32(c, &t->foreground);
}

static bool sound(const struct image *image, uint32_t i)
{
	return image->opens[i].outside.number <= 2;
}

/* The member of the foreground group must be a process: a thread or a zombie cannot be asked for its group. */
static int check(const struct check *c)
{
	const struct image *image = c->image;
	const struct terminal *t = image->n_terminals ? image->terminals : NULL;

	if (!t || t->foreground == -1)
		return 0;
	if (is_in(t->foreground, image->n_tasks) && image->tasks[t->foreground].kind == TASK_PROCESS)
		return 0;
	return image_refuse(c, "outer terminal", 0, "its foreground group is not in the image");
}

static void show(FILE *f, const struct image *image, const struct open *o, const char *path)
{
	(void)image;
	fprintf(f, "outside: a restart's own %u, was %s", o->outside.number, path);
}

void outside_record_as(struct recording *r, uint32_t i, uint32_t number, bool terminal)
{
	struct open *o = &r->image->opens[i];

	o->kind = OPEN_OUTSIDE;
	o->mounts = -1;
	o->outside = (struct open_outside){ .number = number, .terminal = terminal };
}

int outside_terminal(const struct recording *r)
{
	for (uint32_t i = 0; i < r->image->n_opens; i++)
		if (r->image->opens[i].kind == OPEN_OUTSIDE && r->image->opens[i].outside.terminal)
			return i;
	return -1;
}

/* Record the settings of that terminal. */
static int settle(struct recording *r)
{
	struct { unsigned short rows, columns, xpixel, ypixel; } size;
	struct termios2 termios;
	struct terminal *t;
	int first = outside_terminal(r), fd = first < 0 ? -1 : get_found(r, first), failed;

	if (fd < 0)
		return 0;
	failed = ioctl(fd, TCGETS2, &termios) || ioctl(fd, TIOCGWINSZ, &size);
	close(fd);
	if (failed)
		return 0;	/* one that has been hung up has no settings */
	t = image_append(r->image, IMAGE_TERMINAL);
	if (!t) {
		report(ENOMEM, "record the terminal");
		return -1;
	}
	_Static_assert(sizeof(termios) <= sizeof(t->termios), "struct termios2 has room");
	memcpy(t->termios, &termios, sizeof(termios));
	t->rows = size.rows;
	t->columns = size.columns;
	t->xpixel = size.xpixel;
	t->ypixel = size.ypixel;
	t->foreground = -1;	/* not known yet */
	return 0;
}

int outside_number(const struct image *image, const struct fd *fd)
{
	const struct open *o = &image->opens[fd->open];

	/* A terminal is often stdin, stdout and stderr at once; what stands in for it may be three different files. */
	return o->outside.terminal && fd->number <= STDERR_FILENO ? fd->number : o->outside.number;
}

/* Find an open file description from outside that the tree uses as this standard descriptor; or NULL. */
static const struct open *find_use(const struct image *image, int number)
{
	for (uint32_t i = 0; i < image->n_processes; i++)
		for (uint32_t n = 0; n < image->processes[i].n_fds; n++) {
			const struct fd *fd = &image->processes[i].fds[n];
			const struct open *o = &image->opens[fd->open];

			if (o->kind == OPEN_OUTSIDE && outside_number(image, fd) == number)
				return o;
		}
	return NULL;
}

/* The tree had a terminal or a pipe there.  Refuse a directory, which would give it access to more than that. */
static int check_outside(int fd, const char *what)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISDIR(st.st_mode))
		return 0;
	report(0, "%s is a directory: the tree had a terminal or a pipe there", what);
	return -1;
}

static int open_chosen(const char *path, int number)
{
	int fd = number == STDIN_FILENO ? open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC) :
					  open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0666);

	if (fd < 0)
		report(errno, "open `%s', which is to be the tree's standard %s", path, names[number]);
	if (fd < 0 || !check_outside(fd, path))
		return fd;
	close(fd);
	return -1;
}

static int open_null(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		report(errno, "open `/dev/null'");
	return fd;
}

static int inherit(int number)
{
	char what[32];
	int fd;

	snprintf(what, sizeof(what), "our own descriptor %d", number);
	if (check_outside(number, what))
		return -1;
	fd = fcntl(number, F_DUPFD_CLOEXEC, 3);
	if (fd < 0 && errno == EBADF)
		return open_null();
	if (fd < 0)
		report(errno, "inherit the standard %s", names[number]);
	return fd;
}

/* Only the foreground can read from a terminal.  Others are stopped, and an init cannot even be stopped. */
static int inherit_input(const struct reopening *re, const struct open *was)
{
	const struct image *image = re->image;
	bool wants = was->outside.terminal && image->n_terminals && image->terminals->foreground >= 0, has = isatty(STDIN_FILENO);

	if (re->options.foreground)
		return inherit(STDIN_FILENO);
	if (wants)
		report(0, "the tree wants the terminal, and in the background it does not get it: --foreground gives it "
		       "this one%s", has ? "; until then its standard input is /dev/null" : "");
	else if (has)
		report(0, "the tree's standard input is /dev/null, as it cannot read from the terminal in the background: "
		       "--foreground gives it the terminal, --stdin=FILE a file");
	return has || re->options.image_is_stdin ? open_null() : inherit(STDIN_FILENO);
}

static bool is_pipe(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

/*
 * The reader of a pipe waits until nobody has the other end: `P=$(restart)' would wait for the end of the tree.  So the
 * tree gets our pipe only if it had a pipe.  If it had a terminal, it gets the terminal that is our other output, if
 * any.
 */
static int inherit_output(const struct open *was, int number)
{
	int other = number == STDOUT_FILENO ? STDERR_FILENO : STDOUT_FILENO;

	if (!is_pipe(number))
		return inherit(number);
	if (!was->outside.terminal) {
		report(0, "the tree's standard %s is this program's, a pipe: its reader waits until the tree ends, "
		       "too", names[number]);
		return inherit(number);
	}
	report(0, "the tree's standard %s is %s: it had a terminal, and this program has a pipe there; "
	       "--std%s=FILE chooses a file", names[number], isatty(other) ? "this terminal" : "/dev/null",
	       number == STDOUT_FILENO ? "out" : "err");
	return isatty(other) ? inherit(other) : open_null();
}

static int choose(struct reopening *re)
{
	for (int i = 0; i < 3; i++) {
		const struct open *was = find_use(re->image, i);
		const char *path = re->options.file[i];

		if (path && !was) {
			report(0, "--std%s: the tree has no standard %s that comes from outside", i ? i == 1 ? "out" : "err" : "in",
			       names[i]);
			return -1;
		}
		if (!was)
			continue;
		re->outside_fd[i] = path ? open_chosen(path, i) : i ? inherit_output(was, i) : inherit_input(re, was);
		if (re->outside_fd[i] < 0)
			return -1;
	}
	return 0;
}

const struct kind_image outside_image = { .code = code, .sound = sound, .check = check, .show = show };
const struct kind_record outside_record = { .settle = settle };
const struct kind_rebuild outside_rebuild = { .early = choose };
