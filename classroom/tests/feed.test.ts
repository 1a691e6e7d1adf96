// SPDX-License-Identifier: GPL-2.0
// The reader of the feed with lines as they should be and as they should not, and what is made of snapshots.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, compare, contained, inTreeOrder, Keeper, marksOf, nest } from "../feed/model";
import { FeedReader, type FeedEvent, type Snapshot, type Task } from "../feed/reader";

const OUTER = '{"name":"outer","pids":[40,1],"parent":39,"ns":7,"nsparent":1,"nsinit":true,"pgid":40,"sid":40,"state":"S"}';
const LINE = `{"v":1,"seq":3,"ms":10,"tasks":[${OUTER}]}`;

function read(...pieces: string[]): { snapshots: Snapshot[]; events: FeedEvent[]; broken: string[]; versions: unknown[] } {
	const heard = { snapshots: [] as Snapshot[], events: [] as FeedEvent[], broken: [] as string[], versions: [] as unknown[] };
	const reader = new FeedReader({
		snapshot: (s) => heard.snapshots.push(s), event: (e) => heard.events.push(e),
		broken: (_, why) => heard.broken.push(why), version: (v) => heard.versions.push(v),
	});
	pieces.forEach((piece) => reader.push(piece));
	return heard;
}

function task(name: string, pids: number[], parent: number, ns: number, nsparent: number): Task {
	return { name, pids, parent, ns, nsparent, nsinit: pids.at(-1) === 1, pgid: 0, sid: 0, state: "S" };
}

const TREE = [
	task("init", [1], 0, 1, 0), task("leaf", [54, 16, 5], 50, 8, 7), task("inner", [50, 12, 1], 40, 8, 7),
	task("outer", [40, 1], 1, 7, 1), task("counter", [56, 18], 40, 7, 1),
];

test("a line, whole, in pieces, and with the end that a terminal makes of it", () => {
	assert.equal(read(`${LINE}\n`).snapshots[0]?.tasks[0]?.name, "outer");
	assert.equal(read(...LINE, "\n").snapshots.length, 1);
	assert.equal(read(`${LINE}\r\n${LINE}\n`).snapshots.length, 2);
	assert.equal(read(LINE).snapshots.length, 0);
});

test("what is not known is left alone", () => {
	assert.equal(read(LINE.replace('"seq"', '"more":{"x":[1]},"seq"') + "\n").snapshots.length, 1);
	const heard = read('{"v":1,"event":"tomorrow","x":1}\n{"v":1,"later":2}\n');
	assert.deepEqual(heard, { snapshots: [], events: [], broken: [], versions: [] });
});

test("broken lines stop nothing", () => {
	for (const bad of ["", "{", "null", "[]", "3", '"x"', LINE.slice(0, 50), LINE.slice(20), `${LINE.slice(0, 30)}\0\xff`,
		LINE.replace("[40,1]", "[]"), LINE.replace("[40,1]", "[40,-1]"), LINE.replace("[40,1]", '["40"]'),
		LINE.replace('"S"', '"?"'), LINE.replace("true", "1"), LINE.replace("39", "1e99"), LINE.replace("[{", "[null,{"),
		'{"v":1,"event":"question","chapter":1,"text":"?","choices":["a"],"keys":"xy"}', '{"v":1,"event":"answer","chapter":1}',
		'{"v":1,"event":"signal","signal":"HUP","from":1}', '{"v":1,"seq":1,"tasks":{}}', '{"v":1,"event":"screen","chapter":"2"}']) {
		const heard = read(`${bad}\n${LINE}\n`);
		assert.equal(heard.snapshots.length, 1, bad);
		assert.equal(heard.broken.length, bad === "" ? 0 : 1, bad);
	}
});

test("every cut of a line, with a whole one behind it, loses at most the cut one", () => {
	for (let cut = 0; cut < LINE.length; cut++) {
		assert.equal(read(`${LINE.slice(0, cut)}${LINE}\n${LINE}\n`).snapshots.length, 2, `cut at ${cut}`);
		assert.equal(read(`${LINE.slice(cut)}\n${LINE}\n`).snapshots.length, cut === 0 ? 2 : 1, `cut before ${cut}`);
	}
});

test("noise without an end is dropped", () => {
	assert.equal(read("x".repeat(300_000), "\n", `${LINE}\n`).snapshots.length, 1);
});

test("another version is told once, and not read", () => {
	const heard = read(`${LINE.replace('"v":1', '"v":2')}\n`.repeat(2));
	assert.deepEqual([heard.versions, heard.snapshots.length], [[2], 0]);
});

test("events", () => {
	const { events } = read('{"v":1,"ms":6,"event":"chapter","chapter":2,"title":"Checkpoint","last":8}\n'
		+ '{"v":1,"event":"screen","chapter":2,"screen":1}\n'
		+ '{"v":1,"event":"question","chapter":2,"text":"Which?","choices":["a","b"],"keys":"xy"}\n'
		+ '{"v":1,"event":"answer","chapter":2,"choice":1}\n{"v":1,"event":"reveal","chapter":2,"choice":0}\n'
		+ '{"v":1,"event":"signal","signal":"USR1","from":40,"pid":8,"to":0,"holder":"","meant":"helper"}\n'
		+ '{"v":1,"event":"verdict","text":"demo: ok","ok":true}\n');
	assert.deepEqual(events, [{ event: "chapter", chapter: 2, title: "Checkpoint", last: 8 }, { event: "screen", chapter: 2, screen: 1 },
		{ event: "question", chapter: 2, text: "Which?", choices: ["a", "b"], keys: "xy" },
		{ event: "answer", chapter: 2, choice: 1 }, { event: "reveal", chapter: 2, choice: 0 },
		{ event: "signal", signal: "USR1", from: 40, pid: 8, to: 0, holder: "", meant: "helper" }, { event: "verdict", text: "demo: ok" }]);
});

test("a line that a restore cut does not go on", () => {
	const snapshots: Snapshot[] = [];
	const reader = new FeedReader({ snapshot: (s) => snapshots.push(s) });
	reader.push(LINE.slice(0, 40));
	reader.reset();
	reader.push(`${LINE}\n`);
	assert.equal(snapshots.length, 1);
});

test("namespaces are nested as the kernel says", () => {
	const [machine, ...others] = nest(TREE);
	assert.equal(others.length, 0);
	assert.deepEqual([machine?.ns, machine?.inner[0]?.ns, machine?.inner[0]?.inner[0]?.ns], [1, 7, 8]);
	assert.deepEqual(machine?.inner[0]?.tasks.map((t) => t.name), ["outer", "counter"]);
});

test("no task is lost: without a parent, with parents in a circle, with a namespace that is not known", () => {
	const odd = [...TREE, task("lost", [90, 3], 999, 7, 1), task("a", [91], 92, 1, 0), task("b", [92], 91, 1, 0),
		task("zombie", [93, 4], 40, 0, 0), task("deep", [94, 5, 6], 999, 55, 54)];
	const count = (spaces: ReturnType<typeof nest>): number => spaces.reduce((n, s) => n + s.tasks.length + count(s.inner), 0);
	assert.equal(inTreeOrder(odd).length, odd.length);
	assert.equal(count(nest(odd)), odd.length);
	assert.ok(nest(odd)[0]?.inner.find((s) => s.ns === 7)?.tasks.some((t) => t.name === "zombie"));
});

function snapshot(tasks: Task[], ms = 0): Snapshot {
	return { seq: 1, ms, tasks };
}

test("before and now: equal, other pids, one gone, one level deeper", () => {
	const before = snapshot(TREE);
	assert.deepEqual((({ equal, all, deeper }) => ({ equal, all, deeper }))(compare(before, before)), { equal: 10, all: 10, deeper: 0 });
	const other = TREE.map((t) => t.name === "leaf" ? { ...t, pids: [54, 17, 5] } : t);
	assert.equal(compare(before, snapshot(other)).equal, 9);
	const gone = compare(before, snapshot(TREE.filter((t) => t.name !== "counter")));
	assert.deepEqual(gone.rows.find((r) => r.name === "counter")?.after, []);
	const deep = TREE.map((t) => t.pids.length > 1 ? { ...t, pids: [t.pids[0]! + 100, ...t.pids], parent: t.parent > 1 ? t.parent + 100 : 1 } : t);
	const deeper = compare(before, snapshot(deep));
	assert.deepEqual([deeper.deeper, deeper.equal], [1, 10]);
});

test("signals are marked where they arrive, and at the sender where they do not", () => {
	const signal = { signal: "USR1", from: 40, pid: 18, to: 56, holder: "counter", meant: "counter" };
	assert.deepEqual([...marksOf(TREE, [signal])], [[56, [{ text: "USR1 from outer", right: true }]]]);
	assert.deepEqual([...marksOf(TREE, [{ ...signal, meant: "leaf" }])], [
		[40, [{ text: "USR1 to 18: counter, meant leaf", right: false }]],
		[56, [{ text: "USR1 from outer, meant for leaf", right: false }]]]);
	assert.deepEqual([...marksOf(TREE, [{ ...signal, to: 0, holder: "" }])],
		[[40, [{ text: "USR1 to 18: nobody, meant counter", right: false }]]]);
	// By somebody who is no part of the picture, to a task that has died since.
	assert.deepEqual([...marksOf(TREE, [{ ...signal, from: 1000, to: 999 }])], []);
});

test("what was born and what died", () => {
	const now = [...TREE.slice(1), task("sleep", [95, 30], 40, 7, 1)];
	const { born, dead, changed } = changes(snapshot(TREE), snapshot(now));
	assert.deepEqual([born.map((t) => t.name), dead.map((t) => t.name), changed.length], [["sleep"], ["init"], 0]);
});

test("the tree of before is the last that stood still", () => {
	const keeper = new Keeper();
	keeper.see(snapshot(TREE, 0), true);
	keeper.see(snapshot(TREE, 1000), true);
	keeper.see(snapshot(TREE.slice(0, 4), 1100), true);
	keeper.see(snapshot(TREE.slice(0, 1), 1200), true);
	assert.equal(contained(keeper.before?.tasks ?? []).length, 4);
});
