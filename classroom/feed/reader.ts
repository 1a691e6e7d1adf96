// SPDX-License-Identifier: GPL-2.0
// The reader of the feed: docs/feed.md is the contract.  No line that comes in may stop it: a line may be cut in two,
// joined to another or not be JSON at all, as after a restore; fields and events that are not known are left alone.

export const VERSION = 1;

// No line is longer: what is longer is noise.
const LONGEST = 256 * 1024;

// Runs or sleeps, stopped, traced, zombie, dead.
export type State = "S" | "T" | "t" | "Z" | "X";

export interface Task {
	name: string;
	// Oldest namespace first: pids[0] is the machine's.
	pids: number[];
	// Pids at level 0; 0 for none, or one outside.
	parent: number;
	pgid: number;
	sid: number;
	// The namespace by its inode, 0 if the kernel does not say; and that one's parent, 0 for the first.
	ns: number;
	nsparent: number;
	nsinit: boolean;
	state: State;
}

export interface Snapshot {
	seq: number;
	ms: number;
	tasks: Task[];
}

// What the viewer is asked; a character of keys for each choice answers with it.
export interface Question {
	chapter: number;
	text: string;
	choices: string[];
	keys: string;
}

// The choice of a chapter's question that was predicted, or that came.
export interface Choice {
	chapter: number;
	choice: number;
}

// A task signals a number that it remembers.  `from' and `to' are pids at level 0, `to' 0 if nobody has the number.
export interface Signal {
	signal: string;
	from: number;
	pid: number;
	to: number;
	holder: string;
	meant: string;
}

export type FeedEvent =
	// `last' is the last chapter's number.
	| { event: "chapter"; chapter: number; title: string; last: number }
	| { event: "screen"; chapter: number; screen: number }
	| { event: "question" } & Question
	| { event: "answer" | "reveal" } & Choice
	| { event: "signal" } & Signal
	| { event: "verdict"; text: string };

export interface Listener {
	snapshot?(snapshot: Snapshot): void;
	event?(event: FeedEvent): void;
	// A line that could not be used, and why.
	broken?(line: string, why: string): void;
	// The feed speaks another version; told once.
	version?(v: unknown): void;
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

// A whole number that is not negative: all numbers of the feed are.
function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isState(value: unknown): value is State {
	return value === "S" || value === "T" || value === "t" || value === "Z" || value === "X";
}

function task(value: unknown): Task | undefined {
	if (!isFields(value))
		return undefined;
	const { name, pids, parent, pgid, sid, ns, nsparent, nsinit, state } = value;
	if (typeof name !== "string" || typeof nsinit !== "boolean" || !isState(state))
		return undefined;
	if (!Array.isArray(pids) || pids.length === 0 || !pids.every((pid) => isCount(pid) && pid > 0))
		return undefined;
	if (!isCount(parent) || !isCount(pgid) || !isCount(sid) || !isCount(ns) || !isCount(nsparent))
		return undefined;
	return { name, pids: pids as number[], parent, pgid, sid, ns, nsparent, nsinit, state };
}

function snapshot(value: Fields): Snapshot | undefined {
	const { seq, ms, tasks } = value;
	if (!isCount(seq) || !Array.isArray(tasks))
		return undefined;
	const read = tasks.map(task);
	if (read.some((t) => t === undefined))
		return undefined;
	return { seq, ms: isCount(ms) ? ms : 0, tasks: read as Task[] };
}

function question(value: Fields): Question | undefined {
	const { chapter, text, choices, keys } = value;
	if (!isCount(chapter) || typeof text !== "string" || !isTexts(choices) || typeof keys !== "string" || keys.length !== choices.length)
		return undefined;
	return { chapter, text, choices, keys };
}

function signal(value: Fields): Signal | undefined {
	const { signal, from, pid, to, holder, meant } = value;
	if (typeof signal !== "string" || !isCount(from) || !isCount(pid) || !isCount(to) || typeof holder !== "string" || typeof meant !== "string")
		return undefined;
	return { signal, from, pid, to, holder, meant };
}

// Undefined: a known event with wrong fields; null: an event that is not known.
function event(value: Fields): FeedEvent | null | undefined {
	const { event, chapter, title, last, screen, text, choice } = value;
	switch (event) {
	case "chapter":
		return isCount(chapter) && typeof title === "string" && isCount(last) ? { event, chapter, title, last } : undefined;
	case "screen":
		return isCount(chapter) && isCount(screen) ? { event, chapter, screen } : undefined;
	case "question": {
		const read = question(value);
		return read && { event, ...read };
	}
	case "answer":
	case "reveal":
		return isCount(chapter) && isCount(choice) ? { event, chapter, choice } : undefined;
	case "signal": {
		const read = signal(value);
		return read && { event, ...read };
	}
	case "verdict":
		return typeof text === "string" ? { event, text } : undefined;
	default:
		return null;
	}
}

export class FeedReader {
	private rest = "";
	private skipping = false;
	private toldVersion = false;

	constructor(private readonly listener: Listener) {}

	// What came in on the line, in pieces of any length.
	push(text: string): void {
		const lines = (this.rest + text).split("\n");
		this.rest = lines.pop() ?? "";
		for (const line of lines) {
			if (this.skipping)
				this.listener.broken?.("", "longer than a line may be");
			else
				this.line(line.replace(/\r$/, ""));
			this.skipping = false;
		}
		if (this.rest.length > LONGEST) {
			this.rest = "";
			this.skipping = true;
		}
	}

	// The machine was put back: what was begun does not go on.
	reset(): void {
		this.rest = "";
		this.skipping = false;
	}

	private line(line: string): void {
		let value: unknown;
		if (line === "")
			return;
		try {
			value = JSON.parse(line);
		} catch {
			this.tail(line);
			return;
		}
		if (!isFields(value)) {
			this.listener.broken?.(line, "not an object");
			return;
		}
		if (value["v"] !== VERSION) {
			if (!this.toldVersion)
				this.listener.version?.(value["v"]);
			this.toldVersion = true;
			return;
		}
		this.object(line, value);
	}

	// A line that was cut may have a whole one behind it.
	private tail(line: string): void {
		const again = line.lastIndexOf('{"v":');
		this.listener.broken?.(line, "not JSON");
		if (again > 0)
			this.line(line.slice(again));
	}

	private object(line: string, value: Fields): void {
		if ("tasks" in value) {
			const s = snapshot(value);
			if (s)
				this.listener.snapshot?.(s);
			else
				this.listener.broken?.(line, "not a snapshot");
		} else if ("event" in value) {
			const e = event(value);
			if (e)
				this.listener.event?.(e);
			else if (e === undefined)
				this.listener.broken?.(line, "not an event as it should be");
		}
	}
}
