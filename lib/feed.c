// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <sys/file.h>

#include "feed.h"
#include "wait.h"

/* A line may take so long, in ms: a reader that does not read must not stop the lesson. */
#define WRITE_MS 1000

/* The event that is being made. */
static char *line_text;
static size_t line_size;

/* The lines since the last chapter began, for a reader who comes later. */
static struct {
	char *text;
	size_t size;
} kept;

void feed_string(FILE *line, const char *text)
{
	fputc('"', line);
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", line);
		else if (*text == '"' || *text == '\\')
			fprintf(line, "\\%c", *text);
		else
			fputc(*text < ' ' || *text > '~' ? '?' : *text, line);
	}
	fputc('"', line);
}

static int open_port(void)
{
	return getenv("FEED") ? open(getenv("FEED"), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
}

/*
 * Write a line, with the port to ourselves.  Without waiting, the port takes only what its buffer has room for, and
 * nothing while somebody else is writing.  After a line that took too long none is waited for, until one gets through.
 */
static void send_line(int fd, const char *line, size_t size)
{
	static bool stalled;
	long until = now_ms() + (stalled ? 0 : WRITE_MS);
	bool locked = false;

	for (;;) {
		ssize_t n;

		locked = locked || !flock(fd, LOCK_EX | LOCK_NB);
		n = locked ? write(fd, line, size) : 0;
		if (n > 0) {
			line += n;
			size -= n;
		}
		if (!size || now_ms() >= until)
			break;
		if (n <= 0)
			sleep_ms(5);
	}
	stalled = size;
	flock(fd, LOCK_UN);
}

FILE *feed_begin(const char *event)
{
	FILE *line = getenv("FEED") ? open_memstream(&line_text, &line_size) : NULL;

	if (line)
		fprintf(line, "{\"v\":%d,\"ms\":%ld,\"event\":\"%s\"", FEED_VERSION, now_ms(), event);
	return line;
}

/* Without the memory for it, a reader who comes later misses the line. */
static void keep(void)
{
	char *more;

	if (strstr(line_text, "\"event\":\"chapter\""))
		kept.size = 0;
	more = realloc(kept.text, kept.size + line_size);
	if (!more)
		return;
	memcpy(more + kept.size, line_text, line_size);
	kept.text = more;
	kept.size += line_size;
}

void feed_end(FILE *line)
{
	int fd = open_port();

	fputs("}\n", line);
	if (!fclose(line)) {
		if (fd >= 0)
			send_line(fd, line_text, line_size);
		keep();
	}
	if (fd >= 0)
		close(fd);
	free(line_text);
}

void feed_event(const char *event, const char *format, ...)
{
	FILE *line = feed_begin(event);
	va_list ap;

	if (!line)
		return;
	va_start(ap, format);
	vfprintf(line, format, ap);
	va_end(ap);
	feed_end(line);
}

void feed_text_event(const char *event, const char *member, const char *value, const char *format, ...)
{
	FILE *line = feed_begin(event);
	va_list ap;

	if (!line)
		return;
	fprintf(line, ",\"%s\":", member);
	feed_string(line, value);
	va_start(ap, format);
	vfprintf(line, format, ap);
	va_end(ap);
	feed_end(line);
}

void feed_repeat(void)
{
	int fd = open_port();

	for (size_t at = 0, size; fd >= 0 && at < kept.size; at += size) {
		size = (char *)memchr(kept.text + at, '\n', kept.size - at) - (kept.text + at) + 1;
		send_line(fd, kept.text + at, size);
	}
	if (fd >= 0)
		close(fd);
}

void feed_drain(void)
{
	int fd = open_port();

	if (fd < 0)
		return;
	tcdrain(fd);
	close(fd);
}
