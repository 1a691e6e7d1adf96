// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <linux/kd.h>

#include "screen.h"

#define SCREEN "/dev/tty1"

/* The limits of the kernel's operations on fonts, in dots and glyphs. */
#define LINES_OF_SHORT	32
#define LARGEST_WIDTH	64
#define LARGEST_HEIGHT	128
#define MOST_GLYPHS	512

/* The fonts of kernel/variants/pc.config, by the kernel's names; the first is the smallest. */
static const struct font {
	const char *name;
	int width, height;	/* dots */
} fonts[] = {
	{ "VGA8x8",    8,  8 },
	{ "VGA8x16",   8, 16 },
	{ "10x18",    10, 18 },
	{ "SUN12x22", 12, 22 },
	{ "TER16x32", 16, 32 },
};
#define N_FONTS ((int)(sizeof(fonts) / sizeof(*fonts)))

/* Only a framebuffer's console has the kernel's own fonts to choose from. */
static int use_font(int tty, const struct font *font)
{
	struct console_font_op op = { .op = KD_FONT_OP_SET_DEFAULT, .data = (unsigned char *)font->name };

	return ioctl(tty, KDFONTOP, &op);
}

/* Without a place for the glyphs, the kernel says only how large they are. */
static bool shows_glyphs(int tty)
{
	struct console_font_op op = { .op = KD_FONT_OP_GET, .width = LARGEST_WIDTH, .height = LINES_OF_SHORT,
				      .charcount = MOST_GLYPHS };

	return !ioctl(tty, KDFONTOP, &op);
}

static size_t bytes_in_line(int width)
{
	return (width + 7) / 8;
}

/* Copy a glyph, each of its dots as times x times. */
static void enlarge_glyph(const unsigned char *from, unsigned char *to, const struct font *font, int times)
{
	size_t from_line = bytes_in_line(font->width), to_line = bytes_in_line(font->width * times);

	for (int y = 0; y < font->height * times; y++) {
		for (int x = 0; x < font->width * times; x++) {
			int dot = x / times;

			if (from[y / times * from_line + dot / 8] & 0x80 >> dot % 8)
				to[y * to_line + x / 8] |= 0x80 >> x % 8;
		}
	}
}

/* Replace the font in use, which is this one, by itself enlarged.  On failure it stays. */
static void enlarge(int tty, const struct font *font, int times)
{
	size_t from_glyph = bytes_in_line(font->width) * LINES_OF_SHORT;
	size_t to_glyph = bytes_in_line(font->width * times) * font->height * times;
	unsigned char *from = calloc(MOST_GLYPHS, from_glyph), *to = calloc(MOST_GLYPHS, to_glyph);
	struct console_font_op op = { .op = KD_FONT_OP_GET, .width = font->width, .height = LINES_OF_SHORT,
				      .charcount = MOST_GLYPHS, .data = from };

	if (from && to && !ioctl(tty, KDFONTOP, &op)) {
		for (unsigned int i = 0; i < op.charcount; i++)
			enlarge_glyph(from + i * from_glyph, to + i * to_glyph, font, times);
		op = (struct console_font_op){ .op = KD_FONT_OP_SET_TALL, .width = font->width * times,
					       .height = font->height * times, .charcount = op.charcount, .data = to };
		ioctl(tty, KDFONTOP, &op);
	}
	free(from);
	free(to);
}

/* The largest font for a screen of that many dots, and how many times it is enlarged. */
static const struct font *choose_font(int width, int height, int *times)
{
	const struct font *best = &fonts[0];

	*times = 1;
	for (int n = 1; fonts[0].width * n <= LARGEST_WIDTH; n++) {
		for (const struct font *f = fonts; f < fonts + N_FONTS; f++) {
			int w = f->width * n, h = f->height * n;

			if (w > LARGEST_WIDTH || h > LARGEST_HEIGHT)
				continue;
			if (width / w < SCREEN_COLUMNS || height / h < SCREEN_ROWS)
				continue;
			if (w * h > best->width * best->height * *times * *times) {
				best = f;
				*times = n;
			}
		}
	}
	return best;
}

/* With the smallest font in use, its columns and rows tell the screen's dots. */
static void fit_font(int tty)
{
	const struct font *font;
	struct winsize size;
	int times;

	if (ioctl(tty, TIOCGWINSZ, &size))
		return;
	font = choose_font(size.ws_col * fonts[0].width, size.ws_row * fonts[0].height, &times);
	if (!use_font(tty, font) && times > 1)
		enlarge(tty, font, times);
}

int screen_fit(char *why, size_t size)
{
	int tty = open(SCREEN, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct winsize has = { 0 };
	int result = -1;

	if (tty >= 0 && !use_font(tty, &fonts[0]))
		fit_font(tty);
	if (tty < 0 || !shows_glyphs(tty) || ioctl(tty, TIOCGWINSZ, &has))
		snprintf(why, size, "the firmware gave the kernel no screen; the lesson is on the first serial line");
	else if (has.ws_col < SCREEN_COLUMNS || has.ws_row < SCREEN_ROWS)
		snprintf(why, size, "the screen has %dx%d characters, the lesson %dx%d; the first serial line has them",
			 has.ws_col, has.ws_row, SCREEN_COLUMNS, SCREEN_ROWS);
	else
		result = 0;
	if (tty >= 0)
		close(tty);
	return result;
}
