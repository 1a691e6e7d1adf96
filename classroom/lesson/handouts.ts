// SPDX-License-Identifier: GPL-2.0
// Sheets on paper: one with blank pid tables for students, one with minutes and answers for the teacher.  They are made
// from the lesson and from what the places of the build show.

import { contained, inTreeOrder, keyOf } from "../feed/model";
import type { Question, Snapshot, Task } from "../feed/reader";
import type { Place } from "../machine/place";
import { lesson } from "./lesson";

function escape(text: string): string {
	return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

// The task's name, as far to the right as it stands deep in the tree.
function indented(task: Task, tasks: Task[]): string {
	let depth = 0;
	for (let up = tasks.find((t) => keyOf(t) === task.parent); up && depth < tasks.length; depth++)
		up = tasks.find((t) => keyOf(t) === up!.parent);
	return "\u2003".repeat(depth) + escape(task.name);
}

// A row for each task; a cell for each pid that it has, with the pid in it or blank.
function pidTable(title: string, snapshot: Snapshot, filled: boolean): string {
	const tasks = inTreeOrder(contained(snapshot.tasks));
	const levels = Math.max(...tasks.map((task) => task.pids.length));
	const columns = Array.from({ length: levels }, (_, level) => level);
	const cell = (task: Task, level: number): string =>
		task.pids[level] === undefined ? "<td class=\"none\">-</td>" : `<td>${filled ? task.pids[level] : ""}</td>`;
	return `<table><caption>${escape(title)}</caption><thead><tr><th>Task</th>${columns.map((l) => `<th>L${l}</th>`).join("")}</tr></thead>`
		+ `<tbody>${tasks.map((task) => `<tr><th>${indented(task, tasks)}</th>${columns.map((l) => cell(task, l)).join("")}</tr>`).join("")}`
		+ "</tbody></table>";
}

// What the tour asks in a chapter, and which choice comes.
export interface Asked {
	question: Question;
	came: number;
}

export function askedIn(places: Place[], chapter: number): Asked | undefined {
	const here = places.filter((place) => place.chapter === chapter).map((place) => place.shown);
	const question = here.find((shown) => shown.question)?.question, came = here.find((shown) => shown.came)?.came;
	return question && came ? { question, came: came.choice } : undefined;
}

// The choices by the tour's keys, so that paper, page and terminal name them alike.
function choices({ question: { text, choices, keys }, came }: Asked, answered: boolean): string {
	return `<p>${escape(text)}</p><ul class="choices">${choices.map((choice, i) =>
		`<li>${keys[i]}. ${answered && i === came ? `<b>${escape(choice)} \u2713</b>` : escape(choice)}</li>`).join("")}</ul>`;
}

// The tree in the chapter's last screen that shows one.
function treeOf(places: Place[], chapter: number): Snapshot | undefined {
	const shown = places.filter((place) => place.chapter === chapter).map((place) => place.shown.now)
		.filter((now) => now && contained(now.tasks).length > 8);
	return shown[0] ?? undefined;
}

const TABLES: [number, string][] = [
	[2, "Chapter 2: before the checkpoint"], [3, "Chapter 3: restarted without pids"],
	[4, "Chapter 4: restarted with clone_with_pids()"], [5, "Chapter 5: one namespace deeper"],
];

function tables(places: Place[], filled: boolean): string {
	return `<div class="tables">${TABLES.map(([chapter, title]) => {
		const tree = treeOf(places, chapter);
		return tree ? pidTable(title, tree, filled) : "";
	}).join("")}</div>`;
}

export const SHEET_STYLE = `
.sheet { font: 11pt/1.35 system-ui, "DejaVu Sans", sans-serif; color: #000; background: #fff; max-width: 19cm; margin: auto; }
.sheet table { border-collapse: collapse; font-size: 9.5pt; } .sheet caption { text-align: left; font-weight: bold; padding: .2em 0; }
.sheet th { text-align: left; font-weight: normal; padding: .1em .5em .1em 0; border: 0; } .sheet thead th { font-weight: bold; }
.sheet td { border: 1px solid #555; width: 2.9em; height: 1.75em; text-align: center; padding: 0; }
.sheet td.none { border: 0; color: #666; }
.sheet .tables { display: grid; grid-template-columns: 1fr 1fr; gap: .5cm; } .sheet .tables table, .sheet section { break-inside: avoid; }
.sheet ul.choices { list-style: none; padding-left: 1.2em; margin: .2em 0 .6em; } .sheet h1 { font-size: 15pt; } .sheet h2 { font-size: 12pt; margin: .6em 0 .2em; } .sheet p { margin: .2em 0; }`;

export function studentSheet(places: Place[]): string {
	const questions = lesson.map(({ chapter }) => ({ chapter, asked: askedIn(places, chapter) })).filter(({ asked }) => asked)
		.map(({ chapter, asked }) => `<section><h2>Chapter ${chapter}: my prediction</h2>${choices(asked!, false)}</section>`);
	return "<h1>clone_with_pids(): my pid tables</h1><p>Name: ______________________________ Date: ______________</p>"
		+ "<p>L0 is the machine, L1 to L4 are pid namespaces inside each other; - means that the task is not visible there. Fill in the "
		+ "pids as the screens show them, and mark those that are not what they were.</p>"
		+ tables(places, false) + questions.join("");
}

export function teacherSheet(places: Place[]): string {
	let minutes = 0;
	const rows = lesson.map((one) => {
		const title = places.find((place) => place.chapter === one.chapter)?.title ?? "";
		const from = minutes, asked = askedIn(places, one.chapter);
		minutes += one.minutes;
		return `<section><h2>${from} to ${minutes} min: ${one.chapter}. ${escape(title)}</h2><p>${escape(one.say)}</p>`
			+ (asked ? `${choices(asked, true)}<p><i>${escape(one.why ?? "")}</i></p>` : "") + "</section>";
	});
	return `<h1>clone_with_pids(): the teacher's sheet, ${minutes} minutes</h1>${rows.join("")}`
		+ "<h2>The tables, as this build's places show them</h2>"
		+ tables(places, true);
}
