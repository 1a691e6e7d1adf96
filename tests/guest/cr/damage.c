// SPDX-License-Identifier: GPL-2.0
/*
 * More than a thousand damaged images of a real tree.  Bits are flipped in every section's head, and in its body with a
 * corrected checksum, to reach the checks behind it.  Images are cut off at every border and in between.  Sections are
 * left out, doubled and exchanged, with the right count at the end.
 *
 * The reader refuses each image with one line, or accepts it; it never dies by a signal.  Some of the accepted images
 * are given to `restart', which prints a pid, or says why not and leaves no task.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "calls.h"
#include "cr/image/checksum.h"
#include "cr/format/file.h"
#include "lib/report.h"
#include "lib/wait.h"
#include "roundtrip.h"
#include "various.h"

#define DAMAGED "damaged"
#define MAGIC 24		/* bytes of the first line */
#define HEAD  12		/* tag, length, checksum */
#define SECTIONS 200
#define IN_BODY 24		/* places that are tried in each section */
#define RESTARTS 40		/* of accepted images, in each case */
#define END_MS 20000

static struct sound {
	unsigned char *data;
	size_t size;
	int n;
	size_t at[SECTIONS + 1];	/* where each section begins; the last is END */
} sound;

static struct tasks before;
static int tried, taken, restarts;
static uint32_t dice = 1;

/* The same places each time. */
static uint32_t roll(uint32_t n)
{
	dice = dice * 1664525 + 1013904223;
	return (dice >> 8) % n;
}

static uint32_t get_u32(const unsigned char *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_u32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = v >> 8 * i;
}

static void read_sound(void)
{
	struct stat st;
	int fd = open("image", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st))
		broken("open the image");
	sound.size = st.st_size;
	sound.data = malloc(sound.size);
	if (!sound.data || read(fd, sound.data, sound.size) != st.st_size)
		broken("read the image");
	close(fd);
	sound.n = 0;
	for (size_t at = MAGIC; at < sound.size; at += HEAD + get_u32(sound.data + at + 4)) {
		if (sound.n == SECTIONS)
			fail("the image has too many sections");
		sound.at[sound.n++] = at;
	}
	sound.at[sound.n] = sound.size;
}

static void seal(unsigned char *section)
{
	put_u32(section + 8, checksum(section + HEAD, get_u32(section + 4)));
}

/* Kill whoever was not there before. */
static void end_newcomers(void)
{
	long deadline = now_ms() + END_MS;
	struct tasks now;
	bool left = true;

	while (left) {
		left = false;
		while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
			;
		list_tasks(&now);
		for (int i = 0; i < now.n; i++) {
			bool old = false;

			for (int k = 0; k < before.n && !old; k++)
				old = before.pid[k] == now.pid[i];
			if (old)
				continue;
			left = true;
			kill(now.pid[i], SIGKILL);
		}
		if (now_ms() > deadline)
			same_tasks(&before, "a damaged image was restarted, and its tasks killed,");
	}
}

static bool one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end && !end[1];
}

static void restart_it(const char *what, int where)
{
	const struct said *s = TOOL("restart", "-i", DAMAGED);

	if (s->status > 1 || (s->status == 1 && !*s->err))
		fail("restart of an image with %s at %d: exit status %d, `%.100s'", what, where, s->status, s->err);
	if (s->status == 1)
		same_tasks(&before, "a damaged image could not be restarted");
	end_newcomers();
	restarts++;
}

/* What the reader says of these bytes: in a process of its own. */
static void try_bytes(const void *bytes, size_t size, const char *what, int where)
{
	char text[512] = "", words[64];
	int fds[2], status;
	struct image image;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	tried++;
	write_file(DAMAGED, bytes, size);
	if (pipe2(fds, O_CLOEXEC) < 0)
		broken("pipe");
	pid = plain_clone(0);
	if (!pid) {
		if (dup2(fds[1], 2) < 0)
			_exit(99);
		_exit(image_load(&image, DAMAGED) ? EXIT_FAILED : EXIT_OK);
	}
	close(fds[1]);
	while (used < sizeof(text) - 1 && (n = read(fds[0], text + used, sizeof(text) - 1 - used)) > 0)
		used += n;
	close(fds[0]);
	if (waitpid(pid, &status, 0) != pid)
		broken("wait for the reader");
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1 || (WEXITSTATUS(status) ? !one_line(text) : used != 0))
		fail("%s at %d: %s, `%.150s'", what, where, status_words(status, words, sizeof(words)), text);
	if (WEXITSTATUS(status))
		return;
	taken++;
	if (restarts < RESTARTS && !(taken % 7))
		restart_it(what, where);
}

static void must_be_refused(const void *bytes, size_t size, const char *what, int where)
{
	int was = taken;

	try_bytes(bytes, size, what, where);
	if (taken != was)
		fail("an image with %s at %d is taken for a sound one", what, where);
}

static void heads(void)
{
	for (int i = 0; i < MAGIC; i++) {
		sound.data[i] ^= 1 << roll(8);
		must_be_refused(sound.data, sound.size, "a wrong first line", i);
		read_sound();
	}
	for (int s = 0; s < sound.n; s++) {
		for (int i = 0; i < HEAD; i++) {
			unsigned char *p = sound.data + sound.at[s] + i, was = *p;

			*p ^= 1 << roll(8);
			must_be_refused(sound.data, sound.size, "a bit flipped in a head", p - sound.data);
			*p = was;
		}
	}
}

/* A byte of a body is changed; without a new checksum that is seen, with it the meaning is what counts. */
static void bodies(void)
{
	for (int s = 0; s < sound.n; s++) {
		unsigned char *section = sound.data + sound.at[s];
		uint32_t length = get_u32(section + 4), crc = get_u32(section + 8);

		for (int i = 0; i < IN_BODY && length; i++) {
			/* What is at the beginning decides over more than the pages behind it. */
			unsigned char *p = section + HEAD + roll(i % 3 && length > 400 ? 400 : length), was = *p;

			*p = i % 4 ? was ^ 1 << roll(8) : ~was;
			if (i == 0)
				must_be_refused(sound.data, sound.size, "a byte changed", p - sound.data);
			seal(section);
			try_bytes(sound.data, sound.size, "a byte changed and sealed", p - sound.data);
			*p = was;
			put_u32(section + 8, crc);
		}
	}
}

static void cut_off(void)
{
	for (int s = 0; s < sound.n; s++)
		for (int i = -1; i <= 1; i++)
			must_be_refused(sound.data, sound.at[s] + i, "its end", sound.at[s] + i);
	for (int i = 0; i < 60; i++) {
		size_t size = roll(sound.size);

		must_be_refused(sound.data, size, "its end", size);
	}
	for (int i = 0; i <= MAGIC; i++)
		must_be_refused(sound.data, i, "its end", i);
}

/* Sections in this order, and an END that counts them. */
static size_t assemble(unsigned char *out, const int *order, int n)
{
	unsigned char *p = out + MAGIC;

	memcpy(out, sound.data, MAGIC);
	for (int i = 0; i < n; i++) {
		size_t size = sound.at[order[i] + 1] - sound.at[order[i]];

		memcpy(p, sound.data + sound.at[order[i]], size);
		if (order[i] == sound.n - 1) {
			put_u32(p + HEAD, i);
			seal(p);
		}
		p += size;
	}
	return p - out;
}

static void sections(void)
{
	unsigned char *out = malloc(2 * sound.size);
	int order[SECTIONS + 1];

	if (!out)
		broken("room for an image");
	for (int s = 0; s < sound.n; s++) {
		for (int how = 0; how < 3; how++) {
			int n = 0;

			for (int i = 0; i < sound.n; i++) {
				if (how == 0 && i == s)
					continue;	/* left out */
				if (how == 1 && i == s)
					order[n++] = i;	/* doubled */
				order[n++] = i;
			}
			if (how == 2) {			/* exchanged */
				int other = roll(sound.n), was = order[s];

				order[s] = order[other];
				order[other] = was;
			}
			try_bytes(out, assemble(out, order, n), how == 0 ? "a section left out" :
				  how == 1 ? "a section twice" : "two sections exchanged", s);
		}
	}
	free(out);
}

/* A length that is not there, of every size: no memory is taken for it. */
static void lengths(void)
{
	for (int s = 0; s < sound.n; s++) {
		unsigned char *length = sound.data + sound.at[s] + 4;
		uint32_t was = get_u32(length);

		for (int bit = 0; bit < 32; bit += 3) {
			put_u32(length, was ^ 1U << bit);
			must_be_refused(sound.data, sound.size, "a wrong length", sound.at[s]);
		}
		put_u32(length, was);
	}
}

/* What is behind the end is no part of it, in a file or a stream. */
static void behind(void)
{
	static const char rest[] = "rest\n";
	unsigned char *more = malloc(sound.size + sizeof(rest));

	if (!more)
		broken("room for an image");
	memcpy(more, sound.data, sound.size);
	memcpy(more + sound.size, rest, sizeof(rest) - 1);
	must_be_refused(more, sound.size + sizeof(rest) - 1, "more behind its end", sound.size);
	must_be_refused(more, sound.size + 1, "more behind its end", sound.size);
	complained(TOOL("sh", "-c", "checkpoint --show - <" DAMAGED), 1, "`-': data follows its end");
	succeeded(TOOL("sh", "-c", "cat image | checkpoint --show - >/dev/null"));
	free(more);
}

static void run_damage(const void *row)
{
	const struct function_row *f = row;
	struct restored r;

	use_images();
	restored_start(&r, various_tree);
	restored_checkpoint(&r);
	list_tasks(&before);
	read_sound();
	f->run();
	note("%d damaged images, %d of them taken, %d of those restarted", tried, taken, restarts);
	unlink(DAMAGED);
	restored_restart(&r, WAY_ALL);
	restored_answer(&r);
	restored_end(&r);
}

static const struct function_row functions[] = {
	{ "heads", heads },
	{ "bodies", bodies },
	{ "cut off", cut_off },
	{ "sections left out, doubled, exchanged", sections },
	{ "lengths", lengths },
	{ "more behind the end", behind },
};

static const struct group damage_groups[] = { ROWS(functions, run_damage) };

SUITE(damage, .slow = 5);
