// SPDX-License-Identifier: GPL-2.0
/* Writing and reading checkpoint images; image_check.c says what is sound. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "image.h"
#include "image_check.h"
#include "report.h"

#define HEADER "clone_with_pids checkpoint, version "
#define VERSION 1

/* The counters of a state, in the order in which they stand in the image. */
static const struct {
	const char *name;
	size_t offset;
} counters[] = {
	{ "steps",    offsetof(struct app_state, steps) },
	{ "sent",     offsetof(struct app_state, sent) },
	{ "answered", offsetof(struct app_state, answered) },
	{ "heard",    offsetof(struct app_state, heard) },
	{ "lost",     offsetof(struct app_state, lost) },
	{ "strange",  offsetof(struct app_state, strange) },
};
#define N_COUNTERS (sizeof(counters) / sizeof(*counters))

static unsigned int *counter(const struct app_state *s, size_t i)
{
	return (unsigned int *)((char *)s + counters[i].offset);
}

static uint32_t crc32(const char *p, size_t n)
{
	uint32_t crc = ~0U;

	while (n--) {
		crc ^= (unsigned char)*p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	return ~crc;
}

static void print_task(FILE *f, const struct task *t, int id)
{
	fprintf(f, "task %d parent %d name %s pids ", id, t->parent, t->name);
	for (int level = 0; level < t->levels; level++)
		fprintf(f, "%s%d", level ? "," : "", t->pid[level]);
	fprintf(f, " group %d session %d\n", t->pgid, t->sid);
}

static void print_state(FILE *f, const struct app_state *s)
{
	const char *sep = "";

	fprintf(f, "     knows parent %d children ", s->parent);
	for (int id = 0; id < APP_TASKS_MAX; id++) {
		if (!s->child[id])
			continue;
		fprintf(f, "%s%d:%d", sep, id, s->child[id]);
		sep = ",";
	}
	fprintf(f, "%s\n    ", *sep ? "" : "-");
	for (size_t i = 0; i < N_COUNTERS; i++)
		fprintf(f, " %s %u", counters[i].name, *counter(s, i));
	fputc('\n', f);
}

static void print_body(FILE *f, const struct image *image)
{
	fprintf(f, HEADER "%d\ntasks %d\n", VERSION, image->tree.n);
	for (int id = 0; id < image->tree.n; id++) {
		print_task(f, &image->tree.task[id], id);
		print_state(f, &image->state[id]);
	}
}

/* The image as text, for the caller to free; NULL with errno. */
static char *as_text(const struct image *image)
{
	char *text = NULL;
	size_t size = 0;
	FILE *m = open_memstream(&text, &size);
	bool failed = !m;

	if (m) {
		print_body(m, image);
		failed = fflush(m);
		fprintf(m, "end crc32 %08x\n", failed ? 0 : crc32(text, size));
		failed |= ferror(m);
		failed |= fclose(m);
	}
	if (!failed)
		return text;
	free(text);
	return NULL;
}

int image_print(FILE *f, const struct image *image)
{
	char *text = as_text(image);
	int ret = text && fputs(text, f) >= 0 ? 0 : -1;

	free(text);
	return ret;
}

int image_write(const struct image *image, const char *path)
{
	char temporary[512];
	struct stat st;
	FILE *f;
	int fd;

	/* rename() would put the image in the place of a device. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		report(0, "write `%s': it is there, and not a regular file", path);
		return -1;
	}
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary)) {
		report(ENAMETOOLONG, "write `%s'", path);
		return -1;
	}
	fd = mkstemp(temporary);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		report(errno, "create `%s'", temporary);
		return -1;
	}
	if (image_print(f, image) || fflush(f) || fsync(fd) || fclose(f) || rename(temporary, path)) {
		report(errno, "write `%s'", path);
		unlink(temporary);
		return -1;
	}
	return 0;
}

/* The text that is being read, a line at a time. */
struct reader {
	const char *path;
	char *text, *next;
	int line;	/* 0: it is about the file as a whole */
};

static int refuse(const struct reader *r, const char *format, ...)
{
	char why[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, sizeof(why), format, ap);
	va_end(ap);
	if (r->line)
		report(0, "`%s', line %d: %s", r->path, r->line, why);
	else
		report(0, "`%s': %s", r->path, why);
	return -1;
}

static char *next_line(struct reader *r)
{
	char *line = r->next, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = 0;
	r->next = end + 1;
	r->line++;
	return line;
}

/* What the words of the format say, and nothing behind it.  Always use with a final %n. */
#define WHOLE_LINE(line, used) ((used) && !(line)[used])

static bool parse_pids(const char *s, struct task *t)
{
	while (t->levels < MAX_LEVELS) {
		char *end;
		long pid = strtol(s, &end, 10);

		if (end == s || pid < 1 || pid > INT32_MAX)
			return false;
		t->pid[t->levels++] = pid;
		if (!*end)
			return true;
		if (*end != ',')
			return false;
		s = end + 1;
	}
	return false;
}

static bool parse_children(const char *s, struct app_state *state)
{
	if (!strcmp(s, "-"))
		return true;
	for (;;) {
		int id, pid, used = 0;

		if (sscanf(s, "%d:%d%n", &id, &pid, &used) != 2 || id < 0 || id >= APP_TASKS_MAX ||
		    pid < 1 || state->child[id])
			return false;
		state->child[id] = pid;
		s += used;
		if (!*s)
			return true;
		if (*s++ != ',')
			return false;
	}
}

static int read_task(struct reader *r, struct image *image, int id)
{
	char pids[MAX_LEVELS * 11], *line = next_line(r);
	struct task t = { .state = '-' };
	int n, used = 0;

	if (!line)
		return refuse(r, "the file ends here");
	if (sscanf(line, "task %d parent %d name %15[!-~] pids %362[0-9,] group %d session %d%n",
		   &n, &t.parent, t.name, pids, &t.pgid, &t.sid, &used) != 6 ||
	    !WHOLE_LINE(line, used) || n != id || !parse_pids(pids, &t))
		return refuse(r, "not the description of task %d", id);
	if (t.parent >= 0 && t.parent < id)
		t.depth = image->tree.task[t.parent].depth + 1;
	if (!tree_add(&image->tree, &t))
		return refuse(r, "out of memory");
	return 0;
}

static int read_state(struct reader *r, struct app_state *s, int id)
{
	char children[APP_TASKS_MAX * 16], *line = next_line(r);
	int used = 0;

	*s = (struct app_state){ .magic = APP_STATE_MAGIC, .id = id };
	if (!line)
		return refuse(r, "the file ends here");
	if (sscanf(line, "     knows parent %d children %511[-0-9:,]%n", &s->parent, children, &used) != 2 ||
	    !WHOLE_LINE(line, used) || s->parent < 0 || !parse_children(children, s))
		return refuse(r, "not what task %d knows", id);

	line = next_line(r);
	if (!line)
		return refuse(r, "the file ends here");
	for (size_t i = 0; i < N_COUNTERS; i++) {
		char name[16];

		used = 0;
		if (sscanf(line, " %15[a-z] %u%n", name, counter(s, i), &used) != 2 ||
		    strcmp(name, counters[i].name))
			return refuse(r, "not the counters of task %d", id);
		line += used;
	}
	return *line ? refuse(r, "more than the counters of task %d", id) : 0;
}

/* The checksum first: what follows can then trust that the file is whole. */
static int check_end(struct reader *r, size_t size)
{
	char *end = strstr(r->text, "\nend crc32 ");
	uint32_t crc;
	int used = 0;

	if (strlen(r->text) != size)
		return refuse(r, "not a text file");
	if (!end || sscanf(end, "\nend crc32 %8x%n", &crc, &used) != 1 || strcmp(end + used, "\n"))
		return refuse(r, "the file is cut short: no `end' line");
	end++;
	if (crc != crc32(r->text, end - r->text))
		return refuse(r, "the checksum is wrong: the file was damaged or changed");
	*end = 0;
	return 0;
}

static int parse(struct reader *r, struct image *image, size_t size)
{
	int version, tasks, used = 0;
	char *line;

	if (strncmp(r->text, HEADER, strlen(HEADER)))
		return refuse(r, "not a checkpoint image");
	if (sscanf(r->text + strlen(HEADER), "%d", &version) != 1)
		return refuse(r, "the version of the format is not a number");
	if (version != VERSION)
		return refuse(r, "version %d of the format is not known", version);
	if (check_end(r, size))
		return -1;

	next_line(r);
	line = next_line(r);
	if (!line || sscanf(line, "tasks %d%n", &tasks, &used) != 1 || !WHOLE_LINE(line, used) ||
	    tasks < 1 || tasks > APP_TASKS_MAX)
		return refuse(r, "not a number of tasks in 1..%d", APP_TASKS_MAX);
	for (int id = 0; id < tasks; id++) {
		const char *why;

		if (read_task(r, image, id) || read_state(r, &image->state[id], id))
			return -1;
		why = image_check_task(image, id);
		if (why)
			return refuse(r, "task %d: %s", id, why);
	}
	return *r->next ? refuse(r, "more than %d tasks", tasks) : 0;
}

/*
 * The image must be what would be written of it.  This finds what sscanf() lets pass: a number that is too large and
 * wraps, a sign, a 0 or a space more, something behind the version, a capital letter in the checksum.
 */
static int check_as_written(struct reader *r, const char *original, const struct image *image)
{
	char *again = as_text(image);
	size_t i;

	r->line = 0;
	if (!again)
		return refuse(r, "out of memory");
	if (!strcmp(original, again)) {
		free(again);
		return 0;
	}
	r->line = 1;
	for (i = 0; original[i] == again[i]; i++)
		r->line += original[i] == '\n';
	free(again);
	return refuse(r, "not as `checkpoint' writes it: the file was damaged or changed");
}

/* The whole file as a string, its size in *size; NULL when reported. */
static char *read_file(const char *path, size_t *size)
{
	/* O_NONBLOCK: a FIFO that nobody writes to is an empty file, not a wait without end. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = fd < 0 ? NULL : malloc(IMAGE_SIZE_MAX + 1);
	ssize_t n = 0;

	*size = 0;
	if (fd >= 0)
		fcntl(fd, F_SETFL, O_RDONLY);
	while (text && *size < IMAGE_SIZE_MAX &&
	       (n = read(fd, text + *size, IMAGE_SIZE_MAX - *size)) > 0)
		*size += n;
	if (!text || n < 0) {
		report(errno, "read `%s'", path);
		free(text);
		text = NULL;
	} else {
		text[*size] = 0;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

int image_read(struct image *image, const char *path)
{
	size_t size;
	char *text = read_file(path, &size), *original = text ? strdup(text) : NULL;
	struct reader r = { .path = path, .text = text, .next = text };
	int ret;

	*image = (struct image){ 0 };
	if (!text)
		return -1;
	if (!original)
		ret = refuse(&r, "out of memory");
	else if (size == IMAGE_SIZE_MAX)
		ret = refuse(&r, "longer than any checkpoint image");
	else
		ret = parse(&r, image, size);
	if (!ret)
		ret = check_as_written(&r, original, image);
	free(original);
	free(text);
	if (ret)
		image_free(image);
	return ret;
}

void image_free(struct image *image)
{
	tree_free(&image->tree);
}
