// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "keys.h"
#include "lib/feed.h"
#include "lib/report.h"
#include "predict.h"
#include "shell.h"

#define BOTTOM_LINE "\033[25;1H\033[K"
#define KEYS "Enter: go on  b: back  1-%d, B: chapter  r: repeat  s: shell  q: leave"

/* Ctrl-L: for a terminal that was connected after the screen had been shown, and for who reads the feed there. */
#define REDRAW '\f'

/* More screens than the whole tour has. */
#define SCREENS 64

/* The last screens, oldest first; the last one is the present one. */
static struct {
	char *text[SCREENS];
	int n;
} history;

static void remember(const char *screen)
{
	char *copy = strdup(screen);

	if (!copy)
		die("keep a screen");
	if (history.n == SCREENS) {
		free(history.text[0]);
		memmove(history.text, history.text + 1, --history.n * sizeof(*history.text));
	}
	history.text[history.n++] = copy;
}

static void show(int screen)
{
	printf(KEYS_CLEAR "%s", history.text[screen]);
	if (screen == history.n - 1)
		predict_mark();
}

/* How long the next byte of an escape sequence may take, in ms: Esc alone is a key, too; after its `[', more must come. */
#define ESCAPE_MS   200
#define SEQUENCE_MS 2000

/* Read a byte that comes within MS; -1: none came. */
static int next_byte(int ms)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
	unsigned char byte;

	return poll(&p, 1, ms) > 0 && read(STDIN_FILENO, &byte, 1) == 1 ? byte : -1;
}

/*
 * Read what follows an Esc, up to the end of the sequence (ECMA-48: ESC [ parameters, and a byte from @ to ~; the Linux
 * console's F1 to F5 have a second `[').  Is it a key?  The place of the cursor, ESC [ row ; column R, is none: the
 * shell's prompt asks for it, and some terminals answer when the shell has ended.
 */
static bool escape_is_key(void)
{
	int byte = next_byte(ESCAPE_MS);
	int parameters = 0;

	if (byte == 'O')
		next_byte(SEQUENCE_MS);
	if (byte != '[')
		return true;
	byte = next_byte(SEQUENCE_MS);
	if (byte == '[')
		byte = next_byte(SEQUENCE_MS);
	while (byte >= ' ' && byte < '@') {
		byte = next_byte(SEQUENCE_MS);
		parameters++;
	}
	return byte != 'R' || !parameters;
}

/* Read the next key.  Keys that send more than one byte count as 0, which is no key. */
static int read_key(void)
{
	struct termios old, raw;
	char byte;
	ssize_t n;

	tcgetattr(STDIN_FILENO, &old);
	raw = old;
	raw.c_lflag &= ~(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	do {
		n = read(STDIN_FILENO, &byte, 1);
		if (n == 0 || (n < 0 && errno != EINTR))
			die("read a key");
	} while (n < 0 || (byte == '\033' && !escape_is_key()));
	tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
	return byte == '\033' ? 0 : byte;
}

/* Show the line of keys, after a complaint about the last key if there is one. */
static void show_keys(const char *complaint, int last_chapter)
{
	printf(BOTTOM_LINE "%s" KEYS, complaint, last_chapter);
	fflush(stdout);
}

static bool confirm(const char *question)
{
	int key;

	printf(BOTTOM_LINE "%s (y/n) ", question);
	fflush(stdout);
	key = read_key();
	return key == 'y' || key == 'Y';
}

/* Handle a key that shows another screen; then the next key is read.  *screen is the one that is shown. */
static bool look(int key, int *screen)
{
	switch (key) {
	case 'b':
		if (!*screen)
			return false;
		--*screen;
		break;
	case '\n':
	case '\r':
	case ' ':
		if (*screen == history.n - 1)
			return false;
		++*screen;
		break;
	case 's':
		run_shell();
		break;
	case REDRAW:
		feed_repeat();
		break;
	default:
		return false;
	}
	show(*screen);
	return true;
}

/* Handle a key that answers the present screen's question, and show that screen. */
static bool answer(int key, int *screen)
{
	if (!predict_take(key))
		return false;
	if (*screen == history.n - 1)
		predict_mark();
	else
		show(*screen = history.n - 1);
	return true;
}

/* Where a key leads; -1: nowhere. */
static int lead(int key, int last_chapter, int *jump)
{
	if (key >= '1' && key <= '0' + last_chapter) {
		*jump = key - '0';
		return NAV_JUMP;
	}
	switch (key) {
	case '\n':
	case '\r':
	case ' ':
		return NAV_ON;
	case 'B':
		return NAV_BACK;
	case 'r':
		return NAV_REPEAT;
	default:
		return -1;
	}
}

enum nav_kind keys_wait(const char *screen, int last_chapter, int *jump)
{
	char complaint[16] = "";
	int shown, nav;

	remember(screen);
	shown = history.n - 1;
	for (;;) {
		int key;

		show_keys(complaint, last_chapter);
		*complaint = 0;
		key = read_key();
		if (look(key, &shown) || answer(key, &shown))
			continue;
		nav = lead(key, last_chapter, jump);
		if (nav >= 0)
			return nav;
		if (key == 'q' && confirm(getsid(0) == getpid() ? "Leave the tour and switch the machine off?"
								 : "Leave the tour?"))
			return NAV_LEAVE;
		if (key != 'q')
			snprintf(complaint, sizeof(complaint), "No `%c'!  ", key > ' ' && key < 127 ? key : '?');
	}
}
