// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys.h"
#include "lib/feed.h"
#include "lib/report.h"
#include "ui.h"

#define WIDTH  80
#define HEIGHT 25
/* Rows for a chapter: all but the line of keys and the empty line above it. */
#define ROWS (HEIGHT - 2)

static const char *const escapes[] = {
	[COLOUR_NONE]  = "\033[0m",
	[COLOUR_TITLE] = "\033[1;36m",
	[COLOUR_GOOD]  = "\033[1;32m",
	[COLOUR_BAD]   = "\033[1;31m",
	[COLOUR_ASK]   = "\033[1;33m",
	[COLOUR_CALL]  = "\033[1;37m",
};

static struct {
	bool guided, colours;
	int last_chapter, jump;
	int chapter, screen;	/* which is shown: a chapter's screens are counted from 1 */
	FILE *out;		/* the screen, in memory */
	char *text;
	size_t size, shown;
	char failure[256];
} ui;

void ui_start(bool guided, int last_chapter)
{
	ui.guided = guided;
	ui.last_chapter = last_chapter;
	ui.colours = guided && !getenv("NO_COLOR") && isatty(STDOUT_FILENO);
}

FILE *ui_out(void)
{
	return ui.out;
}

void ui_chapter(int chapter, const char *title)
{
	ui.chapter = chapter;
	ui.screen = 0;
	feed_text_event("chapter", "title", title, ",\"chapter\":%d,\"last\":%d", chapter, ui.last_chapter);
}

void ui_screen(int chapter, const char *title)
{
	if (ui.out) {
		fclose(ui.out);
		free(ui.text);
	}
	ui.text = NULL;
	ui.shown = 0;
	ui.out = open_memstream(&ui.text, &ui.size);
	if (!ui.out)
		die("make a screen");
	ui.screen++;
	predict_end();
	if (chapter)
		ui_print(COLOUR_TITLE, "%d. %s\n", chapter, title);
	else
		ui_print(COLOUR_TITLE, "%s\n", title);
	ui_text("\n");
}

static void colour(enum colour c)
{
	if (ui.colours)
		fputs(escapes[c], ui.out);
}

static void vprint(enum colour c, const char *format, va_list ap)
{
	if (c != COLOUR_NONE)
		colour(c);
	vfprintf(ui.out, format, ap);
	if (c != COLOUR_NONE)
		colour(COLOUR_NONE);
}

void ui_print(enum colour c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vprint(c, format, ap);
	va_end(ap);
}

/* Measure the screen: its rows and its widest line, without escapes. */
static void measure(int *rows, int *width)
{
	int column = 0;

	*rows = *width = 0;
	for (const char *p = ui.text; p < ui.text + ui.size; p++) {
		if (*p == '\033') {
			p = strchr(p, 'm');
		} else if (*p == '\n') {
			++*rows;
			column = 0;
		} else if (++column > *width) {
			*width = column;
		}
	}
	if (column)
		++*rows;
}

void ui_show(void)
{
	fflush(ui.out);
	if (!ui.shown)
		feed_event("screen", ",\"chapter\":%d,\"screen\":%d", ui.chapter, ui.screen);
	if (!ui.shown && ui.guided)
		fputs(KEYS_CLEAR, stdout);
	fwrite(ui.text + ui.shown, 1, ui.size - ui.shown, stdout);
	ui.shown = ui.size;
	fflush(stdout);
}

static bool fits(void)
{
	int rows, width;

	measure(&rows, &width);
	if (rows <= ROWS && width <= WIDTH - 1)
		return true;
	ui_failed("a screen of %d columns and %d rows; there are %d and %d", width, rows, WIDTH - 1, ROWS);
	return false;
}

enum nav_kind ui_pause(void)
{
	ui_show();
	if (!fits())
		return NAV_FAILED;
	if (ui.guided)
		return keys_wait(ui.text, ui.last_chapter, &ui.jump);
	fputc('\n', stdout);
	return NAV_ON;
}

enum nav_kind ui_predict(const char *question, const char *const choices[CHOICES])
{
	int rows, width;

	ui_print(COLOUR_ASK, "Predict (keys x, y, z): ");
	ui_text("%s\n", question);
	fflush(ui.out);
	measure(&rows, &width);
	for (int i = 0; i < CHOICES; i++)
		ui_text("  %c  %s\n", predict_key(i), choices[i]);
	ui_show();
	predict_ask(ui.chapter, question, choices, rows + 1);
	return ui_pause();
}

bool ui_reveal(int choice)
{
	int answer;

	/* The feed has to tell of the screen first. */
	ui_show();
	answer = predict_came(ui.chapter, choice);
	if (answer < 0)
		return false;
	if (answer == choice)
		ui_print(COLOUR_GOOD, "You predicted %c, and that came: %s.\n", predict_key(answer), predict_choice(choice));
	else
		ui_print(COLOUR_BAD, "You predicted %c; what came is %c: %s.\n", predict_key(answer), predict_key(choice),
			 predict_choice(choice));
	return true;
}

int ui_jump_target(void)
{
	return ui.jump;
}

enum nav_kind ui_failed(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(ui.failure, sizeof(ui.failure), format, ap);
	va_end(ap);
	return NAV_FAILED;
}

const char *ui_failure(void)
{
	return ui.failure;
}
