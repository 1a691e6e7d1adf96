// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "numbers.h"
#include "lib/procfs.h"

bool numbers_read(struct numbers *n, const char *status, const char *key)
{
	const char *value = procfs_value(status, key);
	char *end;

	*n = (struct numbers){ 0 };
	while (value && *value != '\n' && n->levels < MAX_LEVELS) {
		long v = strtol(value, &end, 10);

		if (end == value)
			break;
		n->nr[n->levels++] = v;
		value = end;
		while (*value == '\t' || *value == ' ')
			value++;
	}
	return n->levels;
}

bool numbers_same(const struct numbers *a, const struct numbers *b)
{
	uint32_t levels = a->levels < b->levels ? a->levels : b->levels;

	for (uint32_t i = 0; i < levels; i++)
		if (a->nr[i] != b->nr[i])
			return false;
	return true;
}

bool numbers_kept(const struct numbers *was, uint32_t first, const struct numbers *is)
{
	if (is->levels < was->levels - first)
		return false;
	for (uint32_t i = first; i < was->levels; i++)
		if (was->nr[i] != is->nr[is->levels - was->levels + i])
			return false;
	return true;
}

const char *numbers_text(const struct numbers *n, char *buf)
{
	size_t used = 0;

	*buf = 0;
	for (uint32_t i = 0; i < n->levels && used < NUMBERS_TEXT; i++)
		used += snprintf(buf + used, NUMBERS_TEXT - used, "%s%d", i ? "," : "", n->nr[i]);
	return buf;
}
