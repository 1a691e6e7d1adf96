// SPDX-License-Identifier: GPL-2.0
/*
 * Images that were damaged on the way: cut, changed in a bit, or something else altogether.  None may be taken for an
 * image, and for each there is a reason that can be read.
 *
 * The reader is called here, in the case's process, for each of some thousand files; and for a sample of them the
 * program is.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "damage.h"
#include "tool.h"

const char sound_body[] =
	"clone_with_pids checkpoint, version 1\n"
	"tasks 4\n"
	"task 0 parent -1 name outer pids 21000,1 group 21000 session 21000\n"
	"     knows parent 0 children 1:4,2:5\n"
	"     steps 57 sent 114 answered 57 heard 0 lost 0 strange 0\n"
	"task 1 parent 0 name worker pids 21003,4 group 21003 session 21000\n"
	"     knows parent 1 children -\n"
	"     steps 57 sent 0 answered 0 heard 57 lost 0 strange 0\n"
	"task 2 parent 0 name inner pids 21004,5,1 group 21000 session 21000\n"
	"     knows parent 0 children 3:2\n"
	"     steps 57 sent 57 answered 57 heard 57 lost 0 strange 0\n"
	"task 3 parent 2 name leaf pids 21005,6,2 group 21005 session 21005\n"
	"     knows parent 1 children -\n"
	"     steps 57 sent 0 answered 0 heard 57 lost 0 strange 0\n";

/* The one of IEEE 802.3, as image.h says; a table of 16, so that it is not the reader's own code again. */
static uint32_t crc32(const char *p, size_t n)
{
	static uint32_t table[16];
	uint32_t crc = 0xffffffff;

	for (uint32_t i = 0; i < 16 && !table[15]; i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xedb88320 : table[i] >> 1;
	}
	for (; n; n--, p++) {
		crc = crc >> 4 ^ table[(crc ^ *p) & 15];
		crc = crc >> 4 ^ table[(crc ^ *p >> 4) & 15];
	}
	return ~crc;
}

const char *sealed(const char *body)
{
	static char text[2 * IMAGE_SIZE_MAX];

	snprintf(text, sizeof(text), "%send crc32 %08x\n", body, crc32(body, strlen(body)));
	return text;
}

/* Call the reader with standard error in a file; 0 or -1, and what it complained of. */
static int read_it(const void *text, size_t size, char *complaint, size_t room)
{
	static int file = -1, err = -1;
	struct image image;
	ssize_t n;
	int ret;

	if (file < 0)
		file = open(IMAGE_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (err < 0)
		err = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (file < 0 || err < 0 || ftruncate(file, 0) < 0 || pwrite(file, text, size, 0) != (ssize_t)size ||
	    ftruncate(err, 0) < 0 || lseek(err, 0, SEEK_SET) < 0 || dup2(err, 2) < 0)
		broken("write an image");
	ret = image_read(&image, IMAGE_FILE);
	if (!ret)
		image_free(&image);
	n = pread(err, complaint, room - 1, 0);
	complaint[n > 0 ? n : 0] = '\0';
	return ret;
}

void accepted(const void *text, size_t size, const char *what)
{
	char complaint[512];

	if (read_it(text, size, complaint, sizeof(complaint)) || *complaint)
		fail("%s is refused: `%.*s'", what, (int)strcspn(complaint, "\n"), complaint);
}

void rejected(const void *text, size_t size, const char *what)
{
	char complaint[512], *end;

	if (!read_it(text, size, complaint, sizeof(complaint)))
		fail("%s is accepted", what);
	end = strchr(complaint, '\n');
	if (!strstr(complaint, ": `" IMAGE_FILE "'") || !end || end[1])
		fail("%s is not refused in one line that names the file: `%.*s'...", what,
		     (int)strcspn(complaint, "\n"), complaint);
	for (char *p = complaint; p < end; p++)
		if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
			fail("%s: the complaint has the character 0x%02x in it", what, (unsigned char)*p);
}

void not_restarted(const void *text, size_t size, const char *what)
{
	struct tasks before;

	list_tasks(&before);
	write_file(IMAGE_FILE, text, size);
	complained(TOOL("restart", "-i", IMAGE_FILE), 1, "`" IMAGE_FILE "'");
	same_tasks(&before, what);
	complained(TOOL("checkpoint", "--show", IMAGE_FILE), 1, "`" IMAGE_FILE "'");
}

static char *copy_of_sound(size_t *size)
{
	char *copy = strdup(sealed(sound_body));

	if (!copy)
		broken("strdup");
	*size = strlen(copy);
	return copy;
}

/* What the other cases damage: it is sound, and can even be restarted. */
static void sound(void)
{
	struct tasks before;
	const char *text = sealed(sound_body);
	long root;

	use_tools();
	list_tasks(&before);
	accepted(text, strlen(text), "the sound image");
	root = said_number(TOOL("restart", "-i", IMAGE_FILE));
	expect(root, 21000, "the first task's pid");
	succeeded(TOOL("checkpoint", "-o", "again", number(root)));
	same_tasks(&before, "checkpoint");
}

static void cut(void)
{
	struct tasks before;
	size_t size;
	char *text = copy_of_sound(&size), what[64];

	use_tools();
	list_tasks(&before);
	for (size_t n = 0; n < size; n++) {
		snprintf(what, sizeof(what), "the image cut to %zu of %zu bytes", n, size);
		rejected(text, n, what);
		if (n % 97 == 0)
			not_restarted(text, n, what);
	}
	same_tasks(&before, "all of that");
}

static void flipped(void)
{
	struct tasks before;
	size_t size;
	char *text = copy_of_sound(&size), what[64];

	use_tools();
	list_tasks(&before);
	for (size_t i = 0; i < size; i++) {
		for (int bit = 0; bit < 8; bit++) {
			text[i] ^= 1 << bit;
			snprintf(what, sizeof(what), "the image with bit %d of byte %zu flipped", bit, i);
			rejected(text, size, what);
			if (i % 97 == 0 && bit == 5)
				not_restarted(text, size, what);
			text[i] ^= 1 << bit;
		}
	}
	same_tasks(&before, "all of that");
}

/* The bits of the checksum itself, for all digits that it can have. */
static void checksum_flipped(void)
{
	char body[sizeof(sound_body) + 16];

	use_tools();
	for (int n = 0; n < 40; n++) {
		size_t size;
		char *text, what[80];

		/* Another name, another checksum. */
		snprintf(body, sizeof(body), "%s", sound_body);
		memcpy(strstr(body, "leaf"), (char[]){ 'a' + n % 20, 'a' + n / 20 }, 2);
		text = strdup(sealed(body));
		size = strlen(text);
		accepted(text, size, "an image with another name");
		for (size_t i = size - 9; i < size; i++) {
			for (int bit = 0; bit < 8; bit++) {
				snprintf(what, sizeof(what), "the checksum %.8s with bit %d of byte %zu flipped",
					 text + size - 9, bit, i - (size - 9));
				text[i] ^= 1 << bit;
				rejected(text, size, what);
				text[i] ^= 1 << bit;
			}
		}
		free(text);
	}
}

/* A byte more, anywhere: a space, a 0, a newline, a NUL. */
static void byte_more(void)
{
	static const char more[] = { ' ', '0', '\n', '\0', '\r', '-' };
	size_t size;
	char *text = copy_of_sound(&size), *longer = malloc(size + 1), what[80];

	use_tools();
	for (size_t i = 0; i <= size; i++) {
		for (size_t m = 0; m < sizeof(more); m++) {
			memcpy(longer, text, i);
			longer[i] = more[m];
			memcpy(longer + i + 1, text + i, size - i);
			snprintf(what, sizeof(what), "the image with a byte 0x%02x put before byte %zu", more[m], i);
			rejected(longer, size + 1, what);
		}
	}
}

static void two_images(void)
{
	char *text;
	size_t size;

	use_tools();
	text = copy_of_sound(&size);
	text = realloc(text, 2 * size + 1);
	memcpy(text + size, text, size + 1);
	not_restarted(text, 2 * size, "an image twice");
	rejected(text, 2 * size, "an image twice");
}

/* Of a size that no image has: zeros, newlines, the beginning of one, task after task. */
static void large(void)
{
	static char text[1 << 19];
	size_t size = strlen(sound_body);

	use_tools();
	memset(text, 0, sizeof(text));
	not_restarted(text, sizeof(text), "512 kB of zeros");
	memset(text, '\n', sizeof(text));
	not_restarted(text, sizeof(text), "512 kB of newlines");
	memset(text, '9', sizeof(text));
	memcpy(text, sound_body, size);
	not_restarted(text, sizeof(text), "an image with 512 kB of 9 behind it");
	memcpy(text, sound_body, strlen("clone_with_pids checkpoint, version "));
	memset(text + strlen("clone_with_pids checkpoint, version "), '1', size);
	not_restarted(text, sizeof(text), "an image of version 111...");
	for (size_t at = 0; at + size <= sizeof(text); at += size)
		memcpy(text + at, sound_body, size);
	not_restarted(text, sizeof(text), "image after image");
	/* Just at the limit, and sealed. */
	for (size_t n = IMAGE_SIZE_MAX - 40; n < IMAGE_SIZE_MAX + 4; n++) {
		char what[64];

		memset(text, '\n', n);
		memcpy(text, sound_body, size);
		text[n] = '\0';
		snprintf(what, sizeof(what), "an image and newlines up to %zu bytes", n);
		rejected(sealed(text), strlen(sealed(text)), what);
	}
}

struct file_row {
	const char *name;
	const char *path;
};

static const struct file_row file_rows[] = {
	{ "/dev/zero", "/dev/zero" },
	{ "/dev/null", "/dev/null" },
	{ "/dev/urandom", "/dev/urandom" },
	{ "a folder", "/tmp" },
	{ "a program", "/bin/restart" },
	{ "a file of /proc", "/proc/self/status" },
	{ "memory that is not there", "/proc/self/mem" },
	{ "a file behind a file", "/etc/passwd/image" },
	{ "no name", "" },
};

static void run_file(const void *row)
{
	const struct file_row *r = row;
	struct tasks before;

	use_tools();
	list_tasks(&before);
	complained(TOOL("restart", "-i", r->path), 1, r->path);
	complained(TOOL("checkpoint", "-s", r->path), 1, r->path);
	same_tasks(&before, "that");
}

static const struct function_row functions[] = {
	{ "the image that is not damaged", sound },
	{ "cut at every byte", cut },
	{ "every bit flipped", flipped },
	{ "every bit of many checksums flipped", checksum_flipped },
	{ "a byte put in everywhere", byte_more },
	{ "one image behind the other", two_images },
	{ "larger than any image", large },
};

static const struct group damage_groups[] = {
	FUNCTIONS(functions),
	ROWS(file_rows, run_file),
};

SUITE(damage);
