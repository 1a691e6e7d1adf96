/* SPDX-License-Identifier: GPL-2.0 */
/* Put together a line of a log from words and numbers, without stdio, which would be most of such a small program. */
#ifndef LINE_H
#define LINE_H

#include <string.h>
#include <unistd.h>

struct line {
	char text[160];
	size_t len;
};

static inline void line_word(struct line *l, const char *word)
{
	while (*word && l->len < sizeof(l->text))
		l->text[l->len++] = *word++;
}

static inline void line_number(struct line *l, unsigned int n)
{
	char digits[12], *p = digits + sizeof(digits) - 1;

	*p = 0;
	do
		*--p = '0' + n % 10;
	while (n /= 10);
	line_word(l, p);
}

/* Overwrite the beginning of the file.  Whatever follows the newline there has no meaning. */
static inline int line_write(struct line *l, int fd)
{
	line_word(l, "\n");
	return pwrite(fd, l->text, l->len, 0) == (ssize_t)l->len ? 0 : -1;
}

#endif
