// SPDX-License-Identifier: GPL-2.0
// What a snapshot means: namespaces inside each other, tasks in them, and how two snapshots compare.

import type { Signal, Snapshot, Task } from "./reader";

export interface Namespace {
	ns: number;
	level: number;
	tasks: Task[];
	inner: Namespace[];
}

// A task's pid at the machine's level tells it from all others of a snapshot.
export function keyOf(task: Task): number {
	return task.pids[0]!;
}

export function levelOf(task: Task): number {
	return task.pids.length - 1;
}

export function levelName(level: number): string {
	return level === 0 ? "the machine" : `level ${level}`;
}

// Parents before their children, in the order of pids.
export function inTreeOrder(tasks: Task[]): Task[] {
	const children = new Map<number, Task[]>();
	const here = new Set(tasks.map(keyOf));
	for (const task of [...tasks].sort((a, b) => keyOf(a) - keyOf(b))) {
		const parent = here.has(task.parent) ? task.parent : 0;
		children.set(parent, [...(children.get(parent) ?? []), task]);
	}
	const ordered: Task[] = [];
	const visit = (parent: number): void => {
		const all = children.get(parent) ?? [];
		children.delete(parent);
		for (const child of all) {
			ordered.push(child);
			visit(keyOf(child));
		}
	};
	visit(0);
	// Tasks that are each other's parents, which no kernel reports, are not lost either.
	for (const left of children.values())
		ordered.push(...left);
	return ordered;
}

// A zombie's namespace, which the kernel may not say: that of a relative with as many levels.
function guess(task: Task, tasks: Task[]): number {
	const near = tasks.filter((other) => other.ns && other.pids.length === task.pids.length);
	return (near.find((other) => keyOf(other) === task.parent) ?? near[0])?.ns ?? 0;
}

// The namespaces as the kernel reports them: each in its parent.  One whose parent has no task left stands in the
// nearest one outside that has, which the number of levels tells.
export function nest(tasks: Task[]): Namespace[] {
	const spaces = new Map<number, Namespace & { parent: number }>();
	for (const task of inTreeOrder(tasks)) {
		const ns = task.ns || guess(task, tasks);
		let space = spaces.get(ns);
		if (!space) {
			space = { ns, level: levelOf(task), tasks: [], inner: [], parent: task.nsparent };
			spaces.set(ns, space);
		}
		space.tasks.push(task);
	}
	const outermost: Namespace[] = [];
	for (const space of spaces.values()) {
		let parent = spaces.get(space.parent);
		if (!parent && space.level > 0)
			parent = [...spaces.values()].filter((other) => other.level === 0)[0];
		if (parent && parent !== space)
			parent.inner.push(space);
		else
			outermost.push(space);
	}
	return outermost;
}

// The tasks in containers: those that the lesson is about.
export function contained(tasks: Task[]): Task[] {
	return tasks.filter((task) => levelOf(task) > 0);
}

export interface ComparedRow {
	name: string;
	depth: number;
	before: number[];
	after: number[];
	// For each pid of before, from the oldest on: is it the same now?
	equal: boolean[];
}

export interface Comparison {
	rows: ComparedRow[];
	// How many levels deeper the tree is now than before.
	deeper: number;
	equal: number;
	all: number;
}

// How deep a task stands in the tree of these tasks.
function depths(tasks: Task[]): Map<Task, number> {
	const depth = new Map<Task, number>();
	const byKey = new Map(tasks.map((task) => [keyOf(task), task]));
	for (const task of tasks) {
		let n = 0;
		for (let up = byKey.get(task.parent); up && n < tasks.length; up = byKey.get(up.parent))
			n++;
		depth.set(task, n);
	}
	return depth;
}

// Which task of after stands where each task of before stood: the same name at the same depth, in the tree's order.
export function compare(before: Snapshot, after: Snapshot): Comparison {
	const was = inTreeOrder(contained(before.tasks));
	const left = inTreeOrder(contained(after.tasks));
	const depth = depths(was), now = depths(left);
	const top = (tasks: Task[]): number => Math.min(...tasks.map(levelOf));
	const deeper = was.length && left.length ? Math.max(0, topShared(was, left) ?? top(left) - top(was)) : 0;
	const rows: ComparedRow[] = [];
	let equal = 0, all = 0;
	for (const task of was) {
		const same = left.filter((other) => other.name === task.name);
		const mate = same.find((other) => now.get(other) === depth.get(task)) ?? same[0];
		const pids = mate?.pids ?? [];
		if (mate)
			left.splice(left.indexOf(mate), 1);
		// Lists of pids meet at the youngest end: a tree one level deeper has one more at the other.
		const shift = pids.length - task.pids.length;
		const marks = task.pids.map((pid, level) => mate !== undefined && pids[level + shift] === pid);
		equal += marks.filter(Boolean).length;
		all += marks.length;
		rows.push({ name: task.name, depth: depth.get(task) ?? 0, before: task.pids, after: pids, equal: marks });
	}
	return { rows, deeper, equal, all };
}

// By how many levels tasks of the same name have moved; undefined if none has its name again.
function topShared(was: Task[], now: Task[]): number | undefined {
	for (const task of was) {
		const mate = now.find((other) => other.name === task.name);
		if (mate)
			return levelOf(mate) - levelOf(task);
	}
	return undefined;
}

export interface Changes {
	born: Task[];
	dead: Task[];
	// Tasks that have another parent, name or state now.
	changed: Task[];
}

export function changes(before: Snapshot | undefined, after: Snapshot): Changes {
	const old = new Map((before?.tasks ?? []).map((task) => [keyOf(task), task]));
	const result: Changes = { born: [], dead: [], changed: [] };
	for (const task of after.tasks) {
		const was = old.get(keyOf(task));
		old.delete(keyOf(task));
		if (!was || was.ns !== task.ns)
			result.born.push(task);
		else if (was.parent !== task.parent || was.name !== task.name || was.state !== task.state)
			result.changed.push(task);
	}
	result.dead.push(...old.values());
	return result;
}

// A signal, as it is marked at a task.
export interface Mark {
	text: string;
	// It is sent to whom it is meant for.
	right: boolean;
}

// The marks of tasks, by keyOf(): at the one that a signal reaches, and at the sender if nobody has the number that it
// signals, or another task than the one that it means.
export function marksOf(tasks: Task[], signals: Signal[]): Map<number, Mark[]> {
	const names = new Map(tasks.map((task) => [keyOf(task), task.name]));
	const marks = new Map<number, Mark[]>();
	const mark = (key: number, text: string, right: boolean): unknown => marks.set(key, [...(marks.get(key) ?? []), { text, right }]);
	for (const { signal, from, pid, to, holder, meant } of signals) {
		const right = to > 0 && holder === meant, sender = names.get(from);
		if (!right && sender !== undefined)
			mark(from, `${signal} to ${pid}: ${to ? holder : "nobody"}, meant ${meant}`, false);
		if (names.get(to) === holder && to > 0)
			mark(to, `${signal}${sender === undefined ? "" : ` from ${sender}`}${right ? "" : `, meant for ${meant}`}`, right);
	}
	return marks;
}

// Keeps the picture that is worth going back to: the largest tree of containers that stood still, before it died.
export class Keeper {
	before: Snapshot | undefined;
	private steady: Snapshot | undefined;
	private last: Snapshot | undefined;

	constructor(private readonly stillMs = 400) {}

	// `keep': a tree that dies now is the one of before.
	see(snapshot: Snapshot, keep: boolean): void {
		const now = contained(snapshot.tasks), was = contained(this.last?.tasks ?? []);
		// On a busy host, a tree that is being killed may stand still, too, with fewer tasks.
		if (this.last && was.length > 1 && snapshot.ms - this.last.ms >= this.stillMs
		    && was.length >= contained(this.steady?.tasks ?? []).length)
			this.steady = this.last;
		if (now.length === 0 && was.length > 0 && this.steady) {
			if (keep || !this.before)
				this.before = this.steady;
			this.steady = undefined;
		}
		this.last = snapshot;
	}

	remember(): void {
		this.before = this.last;
	}

	reset(before: Snapshot | undefined): void {
		this.before = before;
		this.steady = this.last = undefined;
	}
}
