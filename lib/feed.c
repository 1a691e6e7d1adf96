// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "feed.h"
#include "wait.h"

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
		if (fd >= 0 && write(fd, line_text, line_size) < 0) {
			/* Lost. */
		}
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
		/* One after the other: more than the port's buffer takes at once would be lost. */
		if (write(fd, kept.text + at, size) < 0)
			break;
		tcdrain(fd);
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
