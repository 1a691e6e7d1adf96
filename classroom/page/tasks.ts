// SPDX-License-Identifier: GPL-2.0
// The half of the page that shows the tasks: as a picture, beside the ones of before, as a table; and one of them.

import { changes, contained, inTreeOrder, keyOf, nest, type Namespace } from "../feed/model";
import type { Signal, Snapshot, Task } from "../feed/reader";
import { byId, make } from "./dom";
import { comparison, facts } from "./facts";
import { fitType, Picture, table } from "./picture";

const TABS = ["picture", "compare", "table"] as const;

function count(spaces: Namespace[]): number {
	return spaces.reduce((n, space) => n + 1 + count(space.inner), 0);
}

export class Tasks {
	private readonly picture: Picture;
	private snapshot: Snapshot | undefined;
	private before: Snapshot | undefined;
	private signals: Signal[] = [];
	private chosen: number | undefined;

	constructor() {
		this.picture = new Picture(byId("picture"), (task) => this.choose(keyOf(task) === this.chosen ? undefined : task));
		const tabs = TABS.map((name) => byId(`tab-${name}`));
		tabs.forEach((tab, i) => {
			tab.onclick = () => this.select(i);
			tab.onkeydown = (event) => {
				const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
				if (step)
					this.select((i + step + tabs.length) % tabs.length, true);
			};
		});
		byId("namespaces").addEventListener("keydown", (event) => {
			if (event.key === "Escape")
				this.choose(undefined);
		});
	}

	private select(index: number, focus = false): void {
		TABS.forEach((name, i) => {
			const tab = byId(`tab-${name}`);
			tab.setAttribute("aria-selected", String(i === index));
			tab.tabIndex = i === index ? 0 : -1;
			byId(name).hidden = i !== index;
			if (focus && i === index)
				tab.focus();
		});
		this.draw(false);
	}

	show(snapshot: Snapshot | undefined, before: Snapshot | undefined, signals: Signal[], animate: boolean): void {
		if (snapshot && this.snapshot && animate)
			this.tell(this.snapshot, snapshot);
		const same = snapshot && this.snapshot && JSON.stringify([snapshot.tasks, signals]) === JSON.stringify([this.snapshot.tasks, this.signals]);
		this.snapshot = snapshot;
		this.signals = signals;
		this.before = before;
		if (!same || !animate)
			this.draw(animate);
	}

	private draw(animate: boolean): void {
		const snapshot = this.snapshot;
		if (!snapshot) {
			byId("picture").replaceChildren(make("p", { class: "empty" }, "The machine has not told of its tasks yet."));
			return;
		}
		if (!byId("picture").hidden)
			this.picture.show(snapshot, this.signals, animate);
		byId("picture").dataset["seq"] = String(snapshot.seq);
		byId("table").replaceChildren(table(snapshot, this.signals, inTreeOrder(snapshot.tasks)));
		byId("compare").replaceChildren(this.before ? comparison(this.before, snapshot)
			: make("p", { class: "empty" }, "Nothing to compare with yet. The page keeps the tree of containers as it was before the "
				+ "checkpoint of chapter 2; or press \"Remember as before\" when the picture shows what you want to come back to."));
		if (this.before)
			fitType(byId("compare"));
		const chosen = snapshot.tasks.find((task) => keyOf(task) === this.chosen);
		this.choose(chosen, false);
	}

	refit(): void {
		this.picture.fit();
		if (this.before)
			fitType(byId("compare"));
	}

	// In words, for those who do not see it.
	private tell(was: Snapshot, is: Snapshot): void {
		const { born, dead } = changes(was, is);
		if (!born.length && !dead.length)
			return;
		const names = (tasks: Task[]): string => tasks.length > 4 ? `${tasks.length} tasks` : tasks.map((task) => task.name).join(", ");
		const parts = [born.length ? `new: ${names(born)}` : "", dead.length ? `gone: ${names(dead)}` : ""];
		byId("news").textContent = `${parts.filter(Boolean).join("; ")}. Now ${is.tasks.length} tasks in `
			+ `${count(nest(is.tasks))} pid namespaces, ${contained(is.tasks).length} of them in containers.`;
	}

	private choose(task: Task | undefined, move = true): void {
		const panel = byId("facts");
		const was = this.snapshot?.tasks.find((other) => keyOf(other) === this.chosen);
		this.chosen = task && keyOf(task);
		this.picture.choose(task);
		panel.hidden = !task;
		if (task && this.snapshot) {
			const close = make("button", { type: "button", "aria-label": "Close" }, "\u2715");
			close.onclick = () => this.choose(undefined);
			panel.replaceChildren(make("h2", {}, task.name, close), facts(task, this.snapshot));
		} else if (was && move) {
			this.picture.focusOn(was);
		}
		if (move)
			this.picture.fit();
	}
}
