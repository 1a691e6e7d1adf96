// SPDX-License-Identifier: GPL-2.0
// What is shown of a machine: kept beside each of its states, so that screen and picture are back at once with it.

import { Keeper } from "../feed/model";
import { FeedReader, type Choice, type FeedEvent, type Listener, type Question, type Signal, type Snapshot } from "../feed/reader";
import { WAITS } from "./options";

const CLEAR = "\x1b[2J";

// As much of the console as a screen needs that was never cleared, a shell's.
const KEPT = 64 * 1024;

export interface Shown {
	// What the console said since the screen was last cleared; a character is a byte.
	text: string;
	chapter: number;
	screen: number;
	title: string;
	// The question on the screen, and the answer to it.
	question: Question | null;
	answer: Choice | null;
	// What came of the chapter's question.
	came: Choice | null;
	// The signals that the screen tells of.
	signals: Signal[];
	now: Snapshot | null;
	// The tree as it was before the checkpoint.
	before: Snapshot | null;
}

// A state that the page has from the build.
export interface Place {
	chapter: number;
	screen: number;
	title: string;
	shown: Shown;
}

type Followed = Omit<Shown, "text" | "now" | "before">;

const NOWHERE: Followed = { chapter: 0, screen: 0, title: "", question: null, answer: null, came: null, signals: [] };

export function nothingShown(): Shown {
	return { text: "", ...NOWHERE, now: null, before: null };
}

// More signals than a screen tells of.
const SIGNALS = 99;

// The chapter in which the tree is recorded: what dies in it, or before anything was kept, is the tree of before.
const RECORDS = 2;

// Follows what the machine says, on its console and in its feed.
export class Watch {
	private text = "";
	private latest: Snapshot | undefined;
	private readonly keeper = new Keeper();
	private readonly reader: FeedReader;
	private place = NOWHERE;

	constructor(listener: Listener = {}) {
		this.reader = new FeedReader({
			...listener,
			snapshot: (snapshot) => {
				this.latest = snapshot;
				this.keeper.see(snapshot, this.place.chapter === RECORDS);
				listener.snapshot?.(snapshot);
			},
			event: (event) => {
				this.follow(event);
				listener.event?.(event);
			},
		});
	}

	console(text: string): void {
		this.text += text;
		const clear = this.text.lastIndexOf(CLEAR);
		if (clear > 0)
			this.text = this.text.slice(clear);
		if (this.text.length > 2 * KEPT)
			this.text = this.text.slice(-KEPT);
	}

	feed(text: string): void {
		this.reader.push(text);
	}

	private follow(event: FeedEvent): void {
		switch (event.event) {
		case "chapter":
			this.place = { ...NOWHERE, chapter: event.chapter, title: event.title };
			break;
		case "screen":
			this.place = { ...this.place, chapter: event.chapter, screen: event.screen, question: null, signals: [] };
			break;
		case "question": {
			const { chapter, text, choices, keys } = event;
			this.place = { ...this.place, question: { chapter, text, choices, keys }, answer: null, came: null };
			break;
		}
		case "answer":
		case "reveal": {
			const choice = { chapter: event.chapter, choice: event.choice };
			this.place = event.event === "answer" ? { ...this.place, answer: choice } : { ...this.place, came: choice };
			break;
		}
		case "signal": {
			const { signal, from, pid, to, holder, meant } = event;
			this.place = { ...this.place, signals: [...this.place.signals.slice(-SIGNALS), { signal, from, pid, to, holder, meant }] };
			break;
		}
		default:
			break;
		}
	}

	// Does the tour wait for a key?  Its last line stands there then, and nothing behind it.
	waits(): boolean {
		return WAITS.test(this.text.slice(-40));
	}

	get now(): Snapshot | undefined {
		return this.latest;
	}

	get before(): Snapshot | undefined {
		return this.keeper.before;
	}

	remember(): void {
		this.keeper.remember();
	}

	shown(): Shown {
		return {
			...this.place, text: this.text,
			now: this.latest ?? null, before: this.keeper.before ?? null,
		};
	}

	// The machine was put back to where this was shown.
	restore(shown: Shown): void {
		this.text = shown.text;
		const { chapter, screen, title, question, answer, came, signals } = shown;
		this.place = { chapter, screen, title, question, answer, came, signals };
		this.latest = shown.now ?? undefined;
		this.keeper.reset(shown.before ?? undefined);
		this.reader.reset();
	}
}
