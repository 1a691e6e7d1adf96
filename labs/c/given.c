// SPDX-License-Identifier: GPL-2.0
/* Given: the reader of text images, and the pipe between the tasks and restart; see given.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "given.h"

#define BLANK " \t\r\n"

/* What is wrong with the line, or NULL. */
typedef const char *why;

static int find(const struct image *image, const char *name)
{
	for (int i = 0; i < image->n; i++)
		if (!strcmp(image->task[i].name, name))
			return i;
	return NONE;
}

/* The next word of a line names a task that stands above or, where that is allowed, the line's own. */
static why read_relation(const struct image *image, const struct recorded *own, int *index)
{
	const char *name = strtok(NULL, BLANK);

	if (!name)
		return "name, parent, session, group and a pid are needed";
	*index = NONE;
	if (!strcmp(name, "-"))
		return NULL;
	if (own && !strcmp(name, own->name)) {
		*index = image->n;
		return NULL;
	}
	*index = find(image, name);
	return *index == NONE ? "a parent or leader is not in a line above" : NULL;
}

static why read_pids(struct recorded *t)
{
	for (char *word, *end; (word = strtok(NULL, BLANK)); t->levels++) {
		if (t->levels == MAX_PIDS)
			return "more than 33 pids";
		t->pid[t->levels] = strtol(word, &end, 10);
		if (*end || t->pid[t->levels] < 1)
			return "a pid is not a number above 0";
	}
	return t->levels ? NULL : "there is no pid";
}

static why check_levels(const struct image *image, const struct recorded *t)
{
	int parents = t->parent == NONE ? 1 : image->task[t->parent].levels;

	if (t->levels != parents && t->levels != parents + 1)
		return "a task has as many pids as its parent, or one more";
	if (t->levels > parents && t->pid[parents] != 1)
		return "the first task of a namespace has pid 1 there";
	return NULL;
}

static why read_task(struct image *image, const char *name)
{
	struct recorded t = { .levels = 0 };
	why wrong = NULL;

	if (image->n == MAX_TASKS)
		return "too many tasks";
	if (strlen(name) >= sizeof(t.name))
		return "a name has 15 characters at most";
	if (find(image, name) != NONE)
		return "two tasks have this name";
	strcpy(t.name, name);
	if ((wrong = read_relation(image, NULL, &t.parent)) || (wrong = read_relation(image, &t, &t.session)) ||
	    (wrong = read_relation(image, &t, &t.group)) || (wrong = read_pids(&t)) ||
	    (wrong = check_levels(image, &t)))
		return wrong;
	image->task[image->n++] = t;
	return NULL;
}

int image_read(struct image *image, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[512];
	why wrong = NULL;
	int number = 0;

	image->n = 0;
	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	while (!wrong && fgets(line, sizeof(line), f)) {
		char *name;

		number++;
		line[strcspn(line, "#")] = '\0';
		name = strtok(line, BLANK);
		if (name)
			wrong = read_task(image, name);
	}
	if (!wrong && ferror(f))
		wrong = "it cannot be read";
	if (!wrong && !image->n)
		wrong = "there is no task in it";
	fclose(f);
	if (wrong)
		fprintf(stderr, "%s:%d: %s\n", path, number, wrong);
	return wrong ? -1 : 0;
}

static int ends[2];

int words_open(void)
{
	if (pipe(ends) == 0)
		return 0;
	perror("pipe");
	return -1;
}

void tell(int what, int task)
{
	struct word w = { .what = what, .task = task, .error = errno };

	if (write(ends[1], &w, sizeof(w)) != sizeof(w))
		_exit(1);
}

void words_close(void)
{
	close(ends[1]);
}

int hear(struct word *word)
{
	return read(ends[0], word, sizeof(*word)) == sizeof(*word);
}
