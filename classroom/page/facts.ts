// SPDX-License-Identifier: GPL-2.0
// What there is to know about one task, and the picture of before beside the one of now.

import { compare, keyOf, levelOf } from "../feed/model";
import type { Snapshot, Task } from "../feed/reader";
import { chip, make } from "./dom";

function line(what: string, ...content: (Node | string)[]): HTMLElement[] {
	return [make("dt", {}, what), make("dd", {}, ...content)];
}

// Another task, by the pid that it has in the namespace of `viewer': that is the pid that the viewer can remember.
function seen(other: Task, viewer: Task): (Node | string)[] {
	const level = levelOf(viewer);
	return [`${other.name} `, other.pids[level] === undefined ? "outside, seen as 0" : chip(level, other.pids[level]), " "];
}

export function facts(task: Task, snapshot: Snapshot): HTMLElement {
	const find = (pid: number): Task | undefined => snapshot.tasks.find((other) => keyOf(other) === pid);
	const parent = find(task.parent), session = find(task.sid), group = find(task.pgid);
	const children = snapshot.tasks.filter((other) => other.parent === keyOf(task));
	const own = levelOf(task);
	return make("dl", {},
		...line("Pids", ...task.pids.flatMap((pid, level) => [chip(level, pid), " "])),
		...line("Calls itself", chip(own, task.pids[own]), " ($$, getpid())"),
		...line("Its parent", ...(parent ? seen(parent, task) : ["none"]), " ($PPID)"),
		...line("Its children", ...(children.length ? children.flatMap((child) => seen(child, task)) : ["none"]),
			...(children.length ? [" ($!, what fork() returned)"] : [])),
		...line("Process group", ...(group ? seen(group, task) : [String(task.pgid || "none")])),
		...line("Session", ...(session ? seen(session, task) : [String(task.sid || "none")])),
		...line("Pid namespace", `${task.ns}, level ${own}${task.nsinit ? "; the task is its init" : ""}`
			+ `${task.nsparent ? `; inside ${task.nsparent}` : ""}`));
}

export function comparison(before: Snapshot, now: Snapshot): HTMLElement {
	const { rows, equal, all, deeper } = compare(before, now);
	const there = rows.filter((row) => row.after.length).length;
	const body = make("tbody");
	for (const row of rows) {
		const shift = row.after.length - row.before.length;
		const after = row.after.map((pid, level) => {
			const same = level < shift ? undefined : row.equal[level - shift];
			const mark = same === undefined ? "" : same ? "same" : "other";
			const cell = chip(level, pid, mark);
			cell.append(make("span", { class: "mark" }, same === undefined ? "" : same ? " =" : " \u2260"));
			return cell;
		});
		body.append(make("tr", {},
			make("th", { scope: "row" }, `${"\u2003".repeat(row.depth)}${row.name}`),
			make("td", {}, ...row.before.map((pid, level) => chip(level, pid))),
			make("td", {}, ...(after.length ? after : [make("i", {}, "not there")]))));
	}
	const verdict = there === 0 ? "Now there is no such tree."
		: `${there} of ${rows.length} tasks are there, ${equal} of ${all} pids are equal`
			+ `${deeper ? `; the tree is ${deeper} level deeper now, so columns meet at the youngest level` : ""}.`;
	return make("div", {}, make("p", { class: "verdict", role: "status" }, verdict),
		make("table", { class: "compare" }, make("caption", { class: "hidden" }, "Pids before and now"),
			make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Task"), make("th", { scope: "col" }, "Before"),
				make("th", { scope: "col" }, "Now (= or \u2260)"))), body));
}
