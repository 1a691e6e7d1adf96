// SPDX-License-Identifier: GPL-2.0
/*
 * usage: read_screen PICTURE
 *
 * Read what a framebuffer console shows from a picture of it (QEMU's screendump, a PPM): one line that names the font,
 * how many times it is enlarged and the screen's columns and rows, then the rows, without the blanks at their ends.
 *
 * The kernel's fonts are compiled in.  A cell has two colours and must be a glyph to the dot; one that is none is shown
 * as DEL.  A font that does not explain all cells but one, where the cursor is, is not the screen's.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/font.h>

#define WRONG_CELL	0x7f
#define MOST_TIMES	8

static const struct font_desc *const fonts[] = {
	&font_ter_16x32, &font_sun_12x22, &font_10x18, &font_vga_8x16, &font_vga_8x8,
};

static struct {
	int width, height;
	const unsigned char *dots;	/* three bytes each, rows from the top */
} picture;

static void die(const char *what, const char *path)
{
	fprintf(stderr, "read_screen: %s: %s\n", path, what);
	exit(1);
}

static void read_picture(const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned char *dots;
	size_t size;

	if (!f || fscanf(f, "P6 %d %d 255", &picture.width, &picture.height) != 2 || fgetc(f) == EOF)
		die("not a PPM of 8 bits", path);
	size = (size_t)picture.width * picture.height * 3;
	dots = malloc(size);
	if (!dots || fread(dots, 1, size, f) != size)
		die("it is cut off", path);
	fclose(f);
	picture.dots = dots;
}

static const unsigned char *dot_at(int x, int y)
{
	return picture.dots + ((size_t)y * picture.width + x) * 3;
}

static bool glyph_has(const struct font_desc *font, int glyph, int x, int y)
{
	int line = (font->width + 7) / 8;
	const unsigned char *data = font->data;

	return data[(glyph * font->height + y) * line + x / 8] & 0x80 >> x % 8;
}

/* Is the cell with this corner that glyph, enlarged?  Each of its dots is a square of one colour. */
static bool is_glyph(const struct font_desc *font, int times, int left, int top, int glyph)
{
	const unsigned char *colour[2] = { NULL, NULL };

	for (int y = 0; y < (int)font->height * times; y++) {
		for (int x = 0; x < (int)font->width * times; x++) {
			const unsigned char *dot = dot_at(left + x, top + y);
			bool on = glyph_has(font, glyph, x / times, y / times);

			if (!colour[on])
				colour[on] = dot;
			if (memcmp(colour[on], dot, 3))
				return false;
		}
	}
	/* A blank, or what has the same dots, is black. */
	return !colour[0] || !colour[1] || memcmp(colour[0], colour[1], 3);
}

static char read_cell(const struct font_desc *font, int times, int left, int top)
{
	for (int glyph = ' '; glyph < WRONG_CELL; glyph++)
		if (is_glyph(font, times, left, top, glyph))
			return glyph;
	return WRONG_CELL;
}

/* Read all cells into text, rows of columns; returns how many are no glyph. */
static int read_cells(const struct font_desc *font, int times, int columns, int rows, char *text)
{
	int wrong = 0;

	for (int row = 0; row < rows; row++) {
		for (int column = 0; column < columns; column++) {
			char c = read_cell(font, times, column * font->width * times, row * font->height * times);

			wrong += c == WRONG_CELL;
			if (wrong > 1)
				return wrong;
			text[row * columns + column] = c;
		}
	}
	return wrong;
}

static void print_rows(const char *text, int columns, int rows)
{
	for (int row = 0; row < rows; row++) {
		int length = columns;

		while (length && text[row * columns + length - 1] == ' ')
			length--;
		printf("%.*s\n", length, text + row * columns);
	}
}

/* Is this the screen's font?  Then print what is there. */
static bool explains(const struct font_desc *font, int times)
{
	int columns = picture.width / (font->width * times), rows = picture.height / (font->height * times);
	char *text = malloc((size_t)columns * rows + 1);
	bool right = text && columns && rows && read_cells(font, times, columns, rows, text) <= 1;

	if (right) {
		printf("%s times %d: %dx%d\n", font->name, times, columns, rows);
		print_rows(text, columns, rows);
	}
	free(text);
	return right;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		die("one picture is needed", "usage");
	read_picture(argv[1]);
	/* Enlarged glyphs first: a black screen is explained by all. */
	for (int times = MOST_TIMES; times; times--)
		for (size_t i = 0; i < sizeof(fonts) / sizeof(*fonts); i++)
			if (explains(fonts[i], times))
				return 0;
	die("no font explains it", argv[1]);
}
