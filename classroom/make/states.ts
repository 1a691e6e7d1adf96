// SPDX-License-Identifier: GPL-2.0
// Make the states of the page: the tour's first screen, and a place for each of its screens.
// usage: states bzImage=PATH archive=PATH bios=PATH vgaBios=PATH wasm=PATH out=FOLDER
//
// The tour is walked by Enter, once; after it, a shell lists the labs.  FOLDER gets
//   base.state   the machine at the first screen
//   places.pool  the blocks that the places have beyond those of the first screen
//   places.list  the places, the first screen among them, as words: machine/pool.ts
//   places.json  what is shown at each

import { writeFileSync } from "node:fs";
import { CONSOLE, FEED } from "../machine/options";
import { Watch, type Place } from "../machine/place";
import { Pool } from "../machine/pool";
import { Driver, filesFrom } from "./driver";

const COMMAND_LINE = "console=ttyS0,115200 quiet mode=guided panic=30 feed=ttyS1";

// Wall clock: only against a hang.
const SECONDS = 600;

const files = filesFrom(process.argv.slice(2));
const watch = new Watch({ broken: (line, why) => console.log(`a line of the feed is ${why}: ${line}`) });
const driver = await Driver.boot(files, COMMAND_LINE);
driver.listen((port, text) => port === CONSOLE ? watch.console(text) : watch.feed(text));

function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

// The feed has told all: another answer to `?' tells the same tasks, while this holds.
async function told(holds: () => boolean): Promise<void> {
	for (let tasks = "-"; ; ) {
		await driver.until(holds, "the tour's line of keys", SECONDS);
		const seen = watch.now?.seq;
		driver.type(FEED, "?");
		await driver.until(() => watch.now?.seq !== seen, "an answer of the feed", SECONDS);
		const again = JSON.stringify(watch.now?.tasks);
		if (again === tasks && holds())
			return;
		tasks = again;
		await sleep(300);
	}
}

const settled = (): Promise<void> => told(() => watch.waits());

async function save(): Promise<Uint8Array> {
	await driver.machine.stop();
	const state = new Uint8Array(await driver.machine.save_state());
	await driver.machine.run();
	return state;
}

function titleOf(text: string): string {
	// eslint-disable-next-line no-control-regex
	const line = text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "").trimStart().split(/\r?\n/)[0] ?? "";
	return line.replace(/^\d\. /, "").trim();
}

const pool = new Pool();
const places: Place[] = [], entries: Uint32Array[] = [];

async function take(place: Place): Promise<void> {
	const state = await save();
	entries.push(pool.encode(state));
	places.push(place);
	console.log(`chapter ${place.chapter} screen ${place.screen}: ${place.title} (${place.shown.now?.tasks.length} tasks)`);
	if (entries.length > 1)
		return;
	writeFileSync(`${files["out"]}/base.state`, state);
	own = pool.blocks;
}

let own = 0;
for (let last = 0; ; ) {
	await settled();
	const shown = watch.shown(), { chapter, screen } = shown, title = titleOf(shown.text);
	if (chapter < last)
		throw new Error(`chapter ${chapter} after chapter ${last}`);
	last = chapter;
	await take({ chapter, screen, title, shown });
	if (title.startsWith("The end"))
		break;
	driver.type(CONSOLE, "\r");
	await driver.until(() => watch.shown().text !== shown.text, "another screen", SECONDS);
	await driver.until(() => watch.shown().chapter !== chapter || watch.shown().screen !== screen, "the event of another screen", SECONDS);
}

// From the end to a shell.  Its prompt asks the terminal where the cursor is, and types nothing before it is answered.
const PROMPT = /lesson:\S*# (\x1b\[6n)?$/;
driver.type(CONSOLE, "s");
await driver.until(() => PROMPT.test(watch.shown().text), "the shell's prompt", SECONDS);
driver.type(CONSOLE, "clear; lab\r");
await driver.until(() => /lab N[^]*\n/.test(watch.shown().text) && PROMPT.test(watch.shown().text), "the list of the labs", SECONDS);
await told(() => true);
const end = watch.shown();
await take({ chapter: end.chapter + 1, screen: 1, title: "Labs", shown: { ...end, chapter: end.chapter + 1, screen: 1, title: "Labs" } });

const list = Buffer.concat(entries.map((entry) => Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength)));
writeFileSync(`${files["out"]}/places.pool`, pool.bytes(own));
writeFileSync(`${files["out"]}/places.list`, list);
writeFileSync(`${files["out"]}/places.json`, JSON.stringify(places));
console.log(`${places.length} places; ${pool.bytes(own).length} bytes of blocks beyond the first screen's`);
process.exit(0);
