// SPDX-License-Identifier: GPL-2.0
// The picture: namespaces as boxes inside each other, tasks in them, each with its pid at every level.

import { keyOf, levelName, levelOf, marksOf, nest, type Mark, type Namespace } from "../feed/model";
import type { Signal, Snapshot, Task } from "../feed/reader";
import { chip, make } from "./dom";

const MOVE_MS = 700;
const SMALLEST = 8;
const LARGEST = 30;
const STEP = 0.5;

const STATES = { S: "", T: "stopped", t: "traced", Z: "zombie", X: "dead" };

// The largest type with which all that is in there is in sight.  Cards change their rows with it: what fits at one size
// may not fit at a smaller one, so that only trying finds it.
export function fitType(place: HTMLElement): void {
	if (!place.clientHeight)
		return;
	// What is on its way may be outside.
	place.getAnimations({ subtree: true }).forEach((animation) => animation.cancel());
	for (let size = LARGEST; size >= SMALLEST; size -= STEP) {
		place.style.fontSize = `${size}px`;
		if (place.scrollHeight <= place.clientHeight + 1 && place.scrollWidth <= place.clientWidth + 1)
			return;
	}
}

// Who the box is of: its init.
export function nameOf(space: Namespace): string {
	if (space.level === 0)
		return "the machine";
	const init = space.tasks.find((task) => task.nsinit);
	return init ? `container of ${init.name}` : "container";
}

export class Picture {
	private readonly cards = new Map<number, HTMLElement>();
	private readonly boxes = new Map<number, HTMLElement>();
	private chosen: number | undefined;
	private marks = new Map<number, Mark[]>();

	constructor(private readonly place: HTMLElement, private readonly onChoose: (task: Task) => void) {}

	// Draw a snapshot; what changed since the one before moves, comes or goes.
	show(snapshot: Snapshot, signals: Signal[], animate: boolean): void {
		this.marks = marksOf(snapshot.tasks, signals);
		const before = animate && !matchMedia("(prefers-reduced-motion: reduce)").matches ? this.positions() : undefined;
		const old = new Map(this.cards);
		const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["task"] : undefined;
		const used = new Set<number>(), usedBoxes = new Set<number>();
		this.place.replaceChildren(...nest(snapshot.tasks).map((space) => this.box(space, used, usedBoxes)));
		const dead = [...old].filter(([key]) => !used.has(key));
		dead.forEach(([key]) => this.cards.delete(key));
		[...this.boxes.keys()].filter((ns) => !usedBoxes.has(ns)).forEach((ns) => this.boxes.delete(ns));
		this.fit();
		if (focus)
			this.cards.get(Number(focus))?.focus();
		if (before)
			this.animate(before, dead.map(([, card]) => card));
	}

	private positions(): Map<HTMLElement, DOMRect> {
		return new Map([...this.cards.values(), ...this.boxes.values()].map((e) => [e, e.getBoundingClientRect()]));
	}

	private box(space: Namespace, used: Set<number>, usedBoxes: Set<number>): HTMLElement {
		let box = this.boxes.get(space.ns);
		if (!box) {
			box = make("section", { class: `space level-${space.level % 6}` });
			this.boxes.set(space.ns, box);
		}
		usedBoxes.add(space.ns);
		const title = `Level ${space.level}: ${nameOf(space)}`;
		box.setAttribute("aria-label", `${title}, pid namespace ${space.ns}, ${space.tasks.length} tasks`);
		const list = make("ul", { class: "tasks" }, ...space.tasks.map((task) => make("li", {}, this.card(task, used))));
		box.replaceChildren(make("div", { class: "space-head" },
			make("b", {}, `Level ${space.level}`), ` ${nameOf(space)}`,
			make("span", { class: "inode" }, ` pid namespace ${space.ns}`)),
			list, ...space.inner.map((inner) => this.box(inner, used, usedBoxes)));
		return box;
	}

	private card(task: Task, used: Set<number>): HTMLElement {
		const key = keyOf(task);
		let card = this.cards.get(key);
		if (!card || card.dataset["ns"] !== String(task.ns)) {
			card = make("button", { type: "button", class: "task", "data-task": key, "data-ns": task.ns });
			this.cards.set(key, card);
		}
		used.add(key);
		const state = STATES[task.state];
		card.className = `task ${task.nsinit ? "init" : ""} ${state}`;
		card.setAttribute("aria-pressed", String(key === this.chosen));
		card.onclick = () => this.onChoose(task);
		card.replaceChildren(make("span", { class: "name" }, task.name,
			...(task.nsinit && levelOf(task) ? [" ", make("span", { class: "tag" }, "init")] : []),
			...(state ? [" ", make("span", { class: "tag" }, state)] : [])), " ",
			make("span", { class: "pids" }, ...task.pids.flatMap((pid, level) => [chip(level, pid), " "])),
			...(this.marks.get(key) ?? []).map((mark) => make("span", { class: `signal ${mark.right ? "" : "astray"}` },
				mark.right ? "\u26a1\ufe0e " : "\u2717 ", mark.text)));
		return card;
	}

	choose(task: Task | undefined): void {
		this.chosen = task && keyOf(task);
		for (const [key, card] of this.cards)
			card.setAttribute("aria-pressed", String(key === this.chosen));
	}

	focusOn(task: Task): void {
		this.cards.get(keyOf(task))?.focus();
	}

	fit(): void {
		fitType(this.place);
	}

	// From where it was to where it is; what is new grows, what is gone fades where it was.
	private animate(before: Map<HTMLElement, DOMRect>, dead: HTMLElement[]): void {
		for (const element of [...this.cards.values(), ...this.boxes.values()]) {
			const was = before.get(element), is = element.getBoundingClientRect();
			if (!was) {
				element.animate([{ opacity: 0, scale: 0.7 }, { opacity: 1, scale: 1 }], { duration: MOVE_MS, easing: "ease-out" });
				if (element.classList.contains("task"))
					this.flash(element, "born");
			} else if (element.classList.contains("task") && (Math.abs(was.x - is.x) > 1 || Math.abs(was.y - is.y) > 1)) {
				element.animate([{ translate: `${was.x - is.x}px ${was.y - is.y}px` }, { translate: "0 0" }],
					{ duration: MOVE_MS, easing: "ease-in-out" });
			}
		}
		for (const card of dead) {
			const was = before.get(card);
			if (was)
				this.fade(card, was);
		}
	}

	private flash(element: HTMLElement, how: string): void {
		element.classList.add(how);
		setTimeout(() => element.classList.remove(how), 2 * MOVE_MS);
	}

	// Where the card was in the window: it is no part of the picture any more.
	private fade(card: HTMLElement, was: DOMRect): void {
		const ghost = make("div", { class: "task ghost", "aria-hidden": true }, ...[...card.childNodes].map((n) => n.cloneNode(true)));
		Object.assign(ghost.style, {
			left: `${was.x}px`, top: `${was.y}px`, width: `${was.width}px`, height: `${was.height}px`, fontSize: this.place.style.fontSize,
		});
		document.body.append(ghost);
		ghost.animate([{ opacity: 1 }, { opacity: 0, scale: 0.8 }], { duration: 2 * MOVE_MS, easing: "ease-in" })
			.finished.finally(() => ghost.remove()).catch(() => undefined);
	}
}

// The same as a table, for those who cannot see boxes, and for all who want to copy it.
export function table(snapshot: Snapshot, signals: Signal[], ordered: Task[]): HTMLTableElement {
	const levels = Math.max(1, ...snapshot.tasks.map((task) => task.pids.length));
	const names = new Map(snapshot.tasks.map((task) => [keyOf(task), task.name]));
	const marks = marksOf(snapshot.tasks, signals);
	const head = make("tr", {}, make("th", { scope: "col" }, "Task"));
	for (let level = 0; level < levels; level++)
		head.append(make("th", { scope: "col" }, level ? `Pid at level ${level}` : `Pid on ${levelName(0)} (level 0)`));
	for (const title of ["Parent", "Group", "Session", "Namespace", "State", ...(signals.length ? ["Signals"] : [])])
		head.append(make("th", { scope: "col" }, title));
	const body = make("tbody");
	for (const task of ordered) {
		const row = make("tr", {}, make("th", { scope: "row" }, task.name));
		for (let level = 0; level < levels; level++)
			row.append(make("td", {}, task.pids[level] === undefined ? "-" : String(task.pids[level])));
		const parent = names.get(task.parent);
		row.append(make("td", {}, parent ? `${parent} (${task.parent})` : "-"), make("td", {}, String(task.pgid || "-")),
			make("td", {}, String(task.sid || "-")),
			make("td", {}, `${task.ns}${task.nsinit ? ", its init" : ""}`), make("td", {}, STATES[task.state] || "runs or sleeps"));
		if (signals.length)
			row.append(make("td", {}, (marks.get(keyOf(task)) ?? []).map((mark) => mark.text).join("; ") || "-"));
		body.append(row);
	}
	return make("table", {}, make("caption", {}, "All tasks, as the kernel reports them"), make("thead", {}, head), body);
}
