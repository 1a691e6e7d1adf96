// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>

#include "lib/feed.h"
#include "predict.h"

#define FIRST_KEY 'x'
#define CHAPTERS 10	/* more than the tour has */

/* The last question. */
static struct {
	int chapter;
	char choice[CHOICES][64];
	int row;	/* 0: it is not on the screen any more */
	int answer;	/* -1: none */
} asked = { .answer = -1 };

/* What came of the predictions, by chapter. */
static enum { NONE, RIGHT, WRONG } verdicts[CHAPTERS];

int predict_key(int choice)
{
	return FIRST_KEY + choice;
}

const char *predict_choice(int choice)
{
	return asked.choice[choice];
}

void predict_ask(int chapter, const char *text, const char *const choices[CHOICES], int row)
{
	FILE *event = feed_begin("question");

	asked.chapter = chapter;
	asked.row = row;
	asked.answer = -1;
	for (int i = 0; i < CHOICES; i++)
		snprintf(asked.choice[i], sizeof(asked.choice[i]), "%s", choices[i]);
	if (!event)
		return;
	fprintf(event, ",\"chapter\":%d,\"text\":", chapter);
	feed_string(event, text);
	for (int i = 0; i < CHOICES; i++) {
		fputs(i ? "," : ",\"choices\":[", event);
		feed_string(event, choices[i]);
	}
	fputs("],\"keys\":\"", event);
	for (int i = 0; i < CHOICES; i++)
		fputc(predict_key(i), event);
	fputc('"', event);
	feed_end(event);
}

void predict_end(void)
{
	asked.row = 0;
}

bool predict_take(int key)
{
	int choice = tolower(key) - FIRST_KEY;

	if (!asked.row || choice < 0 || choice >= CHOICES)
		return false;
	asked.answer = choice;
	feed_event("answer", ",\"chapter\":%d,\"choice\":%d", asked.chapter, choice);
	return true;
}

void predict_mark(void)
{
	if (!asked.row || asked.answer < 0)
		return;
	for (int i = 0; i < CHOICES; i++) {
		bool chosen = i == asked.answer;

		printf("\033[%d;1H\033[K%c %c  %s%s", asked.row + i, chosen ? '>' : ' ', predict_key(i), asked.choice[i],
		       chosen ? "  <- your prediction" : "");
	}
}

int predict_came(int chapter, int choice)
{
	int answer = asked.chapter == chapter ? asked.answer : -1;

	feed_event("reveal", ",\"chapter\":%d,\"choice\":%d", chapter, choice);
	if (answer >= 0 && chapter < CHAPTERS)
		verdicts[chapter] = answer == choice ? RIGHT : WRONG;
	return answer;
}

int predict_right(int *all)
{
	int right = 0;

	*all = 0;
	for (int i = 0; i < CHAPTERS; i++) {
		right += verdicts[i] == RIGHT;
		*all += verdicts[i] != NONE;
	}
	return right;
}
