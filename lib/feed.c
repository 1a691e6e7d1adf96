// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "feed.h"
#include "wait.h"

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

/* Begin an event with its first members; NULL: there is no feed. */
static FILE *begin(const char *event, char **text, size_t *size)
{
	FILE *line = getenv("FEED") ? open_memstream(text, size) : NULL;

	if (line)
		fprintf(line, "{\"v\":%d,\"ms\":%ld,\"event\":\"%s\"", FEED_VERSION, now_ms(), event);
	return line;
}

static void end(FILE *line, char **text, size_t *size)
{
	int fd = open(getenv("FEED"), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	fputs("}\n", line);
	if (!fclose(line) && fd >= 0 && write(fd, *text, *size) < 0) {
		/* Lost. */
	}
	if (fd >= 0)
		close(fd);
	free(*text);
}

void feed_event(const char *event, const char *format, ...)
{
	char *text = NULL;
	size_t size = 0;
	FILE *line = begin(event, &text, &size);
	va_list ap;

	if (!line)
		return;
	va_start(ap, format);
	vfprintf(line, format, ap);
	va_end(ap);
	end(line, &text, &size);
}

void feed_text_event(const char *event, const char *member, const char *value, const char *format, ...)
{
	char *text = NULL;
	size_t size = 0;
	FILE *line = begin(event, &text, &size);
	va_list ap;

	if (!line)
		return;
	fprintf(line, ",\"%s\":", member);
	feed_string(line, value);
	va_start(ap, format);
	vfprintf(line, format, ap);
	va_end(ap);
	end(line, &text, &size);
}

void feed_drain(void)
{
	int fd = getenv("FEED") ? open(getenv("FEED"), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	tcdrain(fd);
	close(fd);
}
