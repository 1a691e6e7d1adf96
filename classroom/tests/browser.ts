// SPDX-License-Identifier: GPL-2.0
// The built page in a browser without a network, opened from file://, as a person opens it.
// usage: browser page=PATH chromium=PATH pictures=FOLDER case=NAME
//
// It waits for text and never for time: the machine is slow when it is cold, or when others use the processor.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const given = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2))) as Record<string, string>;
const path = given["page"] ?? "";
const url = pathToFileURL(path).href;

// Only against a hang.
const PATIENCE_MS = 120_000;

let browser: Browser;

// What no page may do: ask for something outside of its file, break its own policy, fail.
const wrongs: string[] = [];

async function newContext(options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, offline: true, ...options });
	context.setDefaultTimeout(PATIENCE_MS);
	return context;
}

async function newPage(context?: BrowserContext): Promise<Page> {
	const page = await (context ?? await newContext()).newPage();
	page.on("pageerror", (error) => wrongs.push(`an error: ${String(error)}`));
	page.on("console", (message) => {
		if (message.type() === "error" || /Content.Security.Policy/i.test(message.text()))
			wrongs.push(`on its console: ${message.text()}`);
	});
	page.on("request", (request) => {
		if (!/^(file|data|blob):/.test(request.url()))
			wrongs.push(`a request: ${request.url()}`);
	});
	return page;
}

// The page, with its machine running.
async function begin(context?: BrowserContext): Promise<Page> {
	const page = await newPage(context);
	await page.goto(url);
	await page.waitForFunction(() => window.classroom !== undefined || document.getElementById("trouble")?.hidden === false);
	assert.equal(await page.textContent("#trouble"), "");
	return page;
}

// And with its places there.
async function open(context?: BrowserContext): Promise<Page> {
	const page = await begin(context);
	await page.evaluate(async () => {
		await window.classroom?.stops;
	});
	return page;
}

// What stands on the console's screen, as text.
function said(page: Page): Promise<string> {
	// eslint-disable-next-line no-control-regex
	return page.evaluate(() => window.classroom?.computer.watch.shown().text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "") ?? "");
}

async function waitForText(page: Page, what: RegExp): Promise<string> {
	await page.waitForFunction(([source, flags]) => new RegExp(source!, flags)
		// eslint-disable-next-line no-control-regex
		.test(window.classroom?.computer.watch.shown().text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "") ?? ""), [what.source, what.flags]);
	return said(page);
}

async function waitForScreen(page: Page, chapter: number, screen: number): Promise<void> {
	await page.waitForFunction(([c, s]) => {
		const watch = window.classroom?.computer.watch;
		const shown = watch?.shown();
		return shown?.chapter === c && shown?.screen === s && watch?.waits();
	}, [chapter, screen]);
}

interface Row {
	name: string;
	pids: number[];
	level: number;
}

// The boxes as they are drawn: each card with its chips, and the level of the box that it is in.
function drawn(page: Page): Promise<Row[]> {
	return page.evaluate(() => [...document.querySelectorAll<HTMLElement>("#picture .space .task:not(.ghost)")].map((card) => ({
		name: card.querySelector(".name")?.firstChild?.textContent ?? "",
		pids: [...card.querySelectorAll(".chip b")].map((chip) => Number(chip.textContent)),
		level: Number(/Level (\d+)/.exec(card.closest(".space")?.querySelector(".space-head b")?.textContent ?? "")?.[1]),
	})));
}

// The same from pidtable, in a shell on the same machine; without the shell and what it runs.
async function reported(page: Page): Promise<Row[]> {
	const place = await page.evaluate(() => document.getElementById("where")?.textContent);
	await page.getByRole("button", { name: "Shell" }).click();
	await waitForText(page, /lesson:\S*# $/);
	await page.evaluate(() => window.classroom?.computer.type("clear; pidtable -u -c none; echo END of it\r"));
	const text = await waitForText(page, /\nEND of it\r?\n[^]*lesson:\S*# $/);
	const rows = text.slice(text.indexOf("NAME")).split(/\r?\n/).slice(1)
		.map((line) => /^ *(\S+)((?: +(?:\d+|-))+)$/.exec(line)).filter((match) => match !== null)
		.map((match) => ({ name: match[1]!, pids: match[2]!.trim().split(/ +/).filter((pid) => pid !== "-").map(Number) }))
		.map((row) => ({ ...row, level: row.pids.length - 1 }))
		.filter((row) => row.name !== "pidtable");
	assert.ok(rows.length >= 4, `pidtable's rows are not understood: ${text}`);
	await agree(page, rows, `at "${place}"`);
	await page.evaluate(() => window.classroom?.computer.type("exit\r"));
	return rows;
}

function sorted(rows: Row[]): string {
	return [...rows].sort((a, b) => a.pids[0]! - b.pids[0]!).map((row) => `${row.name} ${row.pids.join(" ")} @${row.level}`).join("\n");
}

// The picture comes to show these, no more and no less; moments later, as the feed does not look all the time.
async function agree(page: Page, rows: Row[], where: string): Promise<void> {
	const until = Date.now() + 60_000;
	for (;;) {
		const picture = sorted(await drawn(page));
		if (picture === sorted(rows))
			return;
		if (Date.now() > until)
			assert.equal(picture, sorted(rows), `picture and pidtable ${where}`);
		await page.waitForTimeout(100);
	}
}

async function allInSight(page: Page, least: number): Promise<void> {
	const { over, size } = await page.evaluate(() => {
		const picture = document.getElementById("picture")!, place = document.getElementById("screen")!;
		const screen = document.querySelector(".xterm-screen")!.getBoundingClientRect();
		return {
			over: [screen.height - place.clientHeight, screen.width - place.clientWidth, picture.scrollHeight - picture.clientHeight, picture.scrollWidth - picture.clientWidth,
				document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth],
			size: parseFloat(getComputedStyle(picture).fontSize),
		};
	});
	assert.ok(over.every((n) => n <= 1), `something is out of sight: ${over.join(", ")}`);
	assert.ok(size >= least, `the picture's type has ${size} pixels`);
}

const button = (page: Page, name: string | RegExp): ReturnType<Page["getByRole"]> => page.getByRole("button", { name });

async function goTo(page: Page, chapter: number, screen: number): Promise<void> {
	await page.locator(`#chapters [data-place="${chapter}.1"]`).click();
	await waitForScreen(page, chapter, 1);
	if (screen > 1) {
		await page.locator(`#chapters [data-place="${chapter}.${screen}"]`).click();
		await waitForScreen(page, chapter, screen);
	}
}

// Open the menu, press a button in it.
async function menu(page: Page, name: string): Promise<void> {
	await button(page, "More").click();
	await button(page, name).click();
}

// Nothing moves any more.
async function still(page: Page): Promise<void> {
	await page.waitForFunction(() => document.getAnimations().length === 0 && !document.querySelector(".ghost, .born"));
}

const LAST = 9;

const cases: Record<string, () => Promise<void>> = {
	async opens() {
		const page = await begin();
		await page.locator(".xterm-screen", { hasText: "a restarted container needs its old pids" }).waitFor();
		await page.locator("#picture .task", { hasText: "tour" }).waitFor();
		const ready = await page.evaluate(() => window.classroom?.readyMs ?? 0);
		const seq = await page.evaluate(() => window.classroom?.computer.watch.now?.seq);
		await page.evaluate(() => window.classroom?.computer.ask());
		await page.waitForFunction((old) => window.classroom?.computer.watch.now?.seq !== old, seq);
		console.log(`open to the first screen with its picture: ${Math.round(ready)} ms, ${browser.browserType().name()} ${browser.version()}`);
		console.log(`the file has ${readFileSync(path).length} bytes`);
		assert.ok(readFileSync(path).length <= 9_000_000);
	},

	async goes_on_by_buttons() {
		const page = await open();
		for (let place = [0, 1] as [number, number]; place[0] < LAST; ) {
			await button(page, "Go on").click();
			await page.waitForFunction(([c, s]) => {
				const watch = window.classroom?.computer.watch, shown = watch?.shown();
				return (shown?.chapter !== c || shown?.screen !== s) && watch?.waits();
			}, place);
			place = await page.evaluate(() => {
				const shown = window.classroom!.computer.watch.shown();
				return [shown.chapter, shown.screen];
			});
			assert.doesNotMatch(await said(page), /This chapter did not work/);
		}
		await waitForText(page, /The end of the tour/);
	},

	async draws_what_pidtable_prints() {
		const page = await open();
		for (const [chapter, screen] of [[1, 2], [2, 3], [3, 2], [4, 2], [5, 2], [6, 4], [7, 2], [8, 2]] as const) {
			await goTo(page, chapter, screen);
			await reported(page);
			await waitForText(page, /q: leave/);
		}
	},

	async goes_by_keys() {
		const page = await open();
		await page.locator(".xterm-screen").click();
		for (let chapter = 1; chapter < LAST; chapter++) {
			await page.keyboard.press(String(chapter));
			await waitForScreen(page, chapter, 1);
		}
		await page.keyboard.press("2");
		await waitForScreen(page, 2, 1);
		await page.keyboard.press("Enter");
		await waitForScreen(page, 2, 2);
		await page.keyboard.press("Enter");
		await waitForScreen(page, 2, 3);
		await page.locator("#picture .space.level-3").waitFor();
		// Out of the terminal, to the buttons, and by them alone.
		await page.keyboard.press("F6");
		assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Go on");
		await page.keyboard.press("Enter");
		await waitForScreen(page, 2, 4);
		await page.keyboard.press("F6");
		assert.ok(await page.evaluate(() => document.activeElement?.classList.contains("xterm-helper-textarea")));
		await page.locator("#picture .task", { hasText: "leaf" }).focus();
		await page.keyboard.press("Enter");
		await page.locator("#facts", { hasText: "$PPID" }).waitFor();
		await page.keyboard.press("Escape");
		assert.equal(await page.locator("#facts").isVisible(), false);
		await page.locator("#tab-picture").focus();
		await page.keyboard.press("ArrowRight");
		await page.keyboard.press("ArrowRight");
		await page.locator("#table td", { hasText: /^inner / }).waitFor();
	},

	async jumps_and_goes_back() {
		const page = await open();
		const times: number[] = [];
		for (const [chapter, screen] of [[4, 2], [2, 4], [5, 2], [3, 2], [8, 1], [4, 3]] as const) {
			await page.evaluate(() => document.getElementById("status")!.textContent = "");
			await goTo(page, chapter, screen);
			await page.locator("#status", { hasText: `Went to chapter ${chapter}, screen ${screen}` }).waitFor();
			times.push(Number(/in (\d+) ms/.exec(await page.textContent("#status") ?? "")?.[1]));
		}
		console.log(`jumps: ${times.join(", ")} ms`);
		await page.locator("#picture .space.level-3").waitFor();
		await page.locator("#back").click();
		await waitForScreen(page, 4, 1);
		await page.locator("#back").click();
		await waitForScreen(page, 8, 1);
		// A step of the machine, and back: the tree lives again, and runs.
		await goTo(page, 2, 4);
		const before = sorted(await drawn(page));
		await button(page, "Go on").click();
		await waitForScreen(page, 2, 5);
		await page.waitForFunction(() => !document.querySelector("#picture .space.level-1"));
		await page.locator("#back").click();
		await waitForScreen(page, 2, 4);
		await page.waitForFunction(() => document.querySelector("#picture .space.level-3"));
		assert.equal(sorted(await drawn(page)), before);
		await reported(page);
		await menu(page, "Start again");
		await waitForScreen(page, 0, 1);
		await button(page, "Go on").click();
		await waitForScreen(page, 1, 1);
	},

	async compares_before_and_now() {
		const page = await open();
		await page.locator("#tab-compare").click();
		await page.locator("#compare", { hasText: "Nothing to compare with yet" }).waitFor();
		await goTo(page, 4, 2);
		await page.locator("#compare .verdict", { hasText: "11 of 11 tasks are there, 29 of 29 pids are equal." }).waitFor();
		await goTo(page, 3, 2);
		await page.locator("#compare .chip.other").first().waitFor();
		await goTo(page, 5, 2);
		await page.locator("#compare .verdict", { hasText: "1 level deeper" }).waitFor();
	},

	async predicts() {
		const page = await open();
		const predict = page.locator("#predict");
		await goTo(page, 3, 1);
		await predict.getByRole("button", { name: /^A\./ }).click();
		await allInSight(page, 12);
		await button(page, "Go on").click();
		await waitForScreen(page, 3, 2);
		await predict.getByText("Predicted otherwise").waitFor();
		await goTo(page, 4, 1);
		await predict.getByRole("button", { name: /^C\./ }).click();
		await button(page, "Go on").click();
		await waitForScreen(page, 4, 2);
		await predict.getByText("As predicted").waitFor();
		await goTo(page, LAST, 1);
		await predict.getByText("1 of 2 predictions came true.").waitFor();
		await goTo(page, 1, 1);
		assert.equal(await predict.isVisible(), false);
	},

	async prints() {
		const page = await open();
		await goTo(page, 4, 2);
		for (const [name, button] of [["students", "Print the students' sheet"], ["teacher", "Print the teacher's sheet"]] as const) {
			await page.evaluate(() => window.print = () => undefined);
			await menu(page, button);
			await page.locator("#sheet td").first().waitFor({ state: "attached" });
			await page.emulateMedia({ media: "print" });
			assert.equal(await page.locator("#sheet").isVisible(), true);
			assert.equal(await page.locator("main").isVisible(), false);
			assert.equal(await page.locator("#sheet table").count(), 4);
			await page.emulateMedia({ media: null });
			// The page hears that it was printed, and shows the machine again.
			await page.pdf({ path: `${given["pictures"]}/${name}.pdf`, format: "A4" });
		}
		await page.emulateMedia({ media: "print" });
		assert.equal(await page.locator("#picture").isVisible(), true);
		assert.equal(await page.locator("#screen").isVisible(), false);
	},

	async pastes() {
		const page = await open();
		await button(page, "Shell").click();
		await waitForText(page, /lesson:\S*# $/);
		await page.locator(".xterm-screen").click();
		await page.keyboard.type("cat >/tmp/pasted\n");
		await waitForText(page, /pasted\r?\n/);
		const text = Array.from({ length: 10 }, (_, i) => `${i}${"abcdefghi ".repeat(5)}`.slice(0, 49)).join("\n") + "\n";
		assert.equal(text.length, 500);
		await page.evaluate((pasted) => {
			const data = new DataTransfer();
			data.setData("text/plain", pasted);
			document.querySelector(".xterm-helper-textarea")?.dispatchEvent(new ClipboardEvent("paste",
				{ clipboardData: data, bubbles: true, cancelable: true }));
		}, text);
		await waitForText(page, /9abcdefghi [^]*\n/);
		await page.keyboard.press("Control+d");
		await page.keyboard.type("wc -c </tmp/pasted; cut -c1 /tmp/pasted | tr -d '\\n'; echo\n");
		await waitForText(page, /\n500\r?\n0123456789\r?\n/);
	},

	async saves_and_loads() {
		const page = await open();
		await goTo(page, 2, 4);
		const before = sorted(await drawn(page));
		const downloading = page.waitForEvent("download");
		await menu(page, "Save my place to a file");
		const saved = readFileSync(await (await downloading).path());
		console.log(`a place has ${saved.length} bytes`);
		const load = async (bytes: Buffer): Promise<void> => {
			await page.evaluate(() => document.getElementById("status")!.textContent = "");
			await page.setInputFiles("#file", { name: "my.place", mimeType: "application/octet-stream", buffer: bytes });
			await page.waitForFunction(() => document.getElementById("status")?.textContent !== "");
		};
		await goTo(page, 7, 1);
		await load(saved);
		await waitForScreen(page, 2, 4);
		await page.waitForFunction(() => document.querySelector("#picture .space.level-3"));
		await agree(page, JSON.parse(JSON.stringify(await drawn(page))) as Row[], "after the load");
		assert.equal(sorted(await drawn(page)), before);
		await reported(page);
		await waitForText(page, /q: leave/);
		const line = saved.indexOf("\n", 30);
		const changed = Buffer.from(saved);
		changed.fill(0, line + 2000, line + 2100);
		const refused: [Buffer, RegExp][] = [
			[Buffer.alloc(0), /not a place/], [Buffer.from("hello"), /not a place/], [saved.subarray(0, 100), /damaged/],
			[saved.subarray(0, saved.length - 1000), /damaged/], [changed, /damaged/],
			[Buffer.from(saved.toString("latin1").replace(/"build":"..../, '"build":"0000'), "latin1"), /another build/],
		];
		for (const [bytes, why] of refused) {
			await load(bytes);
			assert.match(await page.textContent("#status") ?? "", why);
		}
		await button(page, "Go on").click();
		await waitForScreen(page, 2, 5);
	},

	async fits_a_projector() {
		for (const [width, height] of [[1280, 720], [1920, 1080]] as const) {
			const page = await open(await newContext({ viewport: { width, height } }));
			for (const [chapter, screen] of [[2, 4], [3, 2], [4, 2], [5, 2]] as const) {
				await goTo(page, chapter, screen);
				await page.locator("#picture .space.level-3").waitFor();
				for (const projector of [false, true]) {
					if (projector)
						await button(page, "Projector").click();
					await still(page);
					await allInSight(page, width / 100);
					const name = `${width}x${height}-chapter${chapter}${projector ? "-projector" : ""}`;
					await page.screenshot({ path: `${given["pictures"]}/${name}.png` });
				}
				await button(page, "Leave projector mode").click();
			}
			await page.context().close();
		}
	},

	async is_accessible() {
		const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
		const page = await open();
		await goTo(page, 3, 2);
		await page.evaluate(axe);
		const check = async (what: string): Promise<void> => {
			await still(page);
			const found = await page.evaluate(async () => {
				const { violations } = await (window as unknown as { axe: typeof import("axe-core") }).axe.run();
				return violations.map((v) => `${v.impact} ${v.id}: ${v.help}: ${v.nodes[0]?.html.slice(0, 150)}`);
			});
			console.log(`${what}: ${found.length ? found.join("\n") : "nothing"}`);
			assert.deepEqual(found.filter((v) => /^(serious|critical)/.test(v)), [], what);
		};
		await check("the picture");
		await page.locator("#picture .task", { hasText: "leaf" }).click();
		await check("a task's facts");
		await page.keyboard.press("Escape");
		await page.locator("#tab-compare").click();
		await check("before and now");
		await page.locator("#tab-table").click();
		await check("the table");
		await button(page, "More").click();
		await check("the menu");
		await button(page, "About this page").click();
		await check("about");
		await button(page, "Close").click();
		await button(page, "Projector").click();
		await check("projector");
	},
};

// Cases that need a browser or a file of their own.
const alone: Record<string, () => Promise<void>> = {
	async without_webassembly() {
		browser = await launch();
		const page = await newPage();
		await page.addInitScript("delete globalThis.WebAssembly");
		await page.goto(url);
		await page.locator("#trouble", { hasText: "WebAssembly is switched off" }).waitFor();
	},

	async in_an_old_browser() {
		browser = await launch();
		const page = await newPage();
		await page.addInitScript("delete Element.prototype.replaceChildren");
		await page.goto(url);
		await page.locator("#trouble", { hasText: "This browser is too old" }).waitFor();
		const refusing = await newPage();
		await refusing.addInitScript("WebAssembly.compile = () => Promise.reject(new Error('no'))");
		await refusing.goto(url);
		await refusing.locator("#trouble", { hasText: "the browser refuses its WebAssembly" }).waitFor();
	},

	async of_a_damaged_file() {
		browser = await launch();
		const whole = readFileSync(path, "latin1");
		const base = whole.indexOf('id="base">') + 10;
		const damaged = {
			cut: whole.slice(0, whole.length / 2),
			changed: `${whole.slice(0, base + 200_000)}${"A".repeat(2000)}${whole.slice(base + 202_000)}`,
			program: whole.replace("needs its WebAssembly", "needs its WebAssembl!").replace("This page is open in another", "this"),
		};
		for (const [name, content] of Object.entries(damaged)) {
			const copy = `${given["pictures"]}/damaged-${name}.html`;
			writeFileSync(copy, content, "latin1");
			const page = await newPage();
			await page.goto(pathToFileURL(copy).href);
			await page.locator("#trouble", { hasText: "copy" }).waitFor();
		}
		// The refused program is what this case is about.
		wrongs.length = 0;
	},

	async opened_twice() {
		browser = await launch();
		const context = await newContext();
		const one = await open(context), two = await open(context);
		for (const page of [one, two])
			await page.locator("#notice", { hasText: "open in another tab" }).waitFor();
	},

	async sleeps_while_hidden() {
		browser = await launch();
		const page = await open();
		const hide = (hidden: boolean): Promise<void> => page.evaluate((value) => {
			Object.defineProperty(document, "hidden", { value, configurable: true });
			document.dispatchEvent(new Event("visibilitychange"));
		}, hidden);
		await hide(true);
		await page.locator("#status", { hasText: "sleeps" }).waitFor();
		assert.equal(await page.evaluate(() => window.classroom?.computer.sleeping), true);
		await hide(false);
		await page.locator("#status", { hasText: "The machine runs" }).waitFor();
		await button(page, "Go on").click();
		await waitForScreen(page, 1, 1);
	},
};

function launch(args: string[] = []): Promise<Browser> {
	return chromium.launch({ executablePath: given["chromium"] ?? "", args: ["--no-sandbox", "--disable-gpu", ...args] });
}

const name = given["case"] ?? "";
const common = cases[name];
if (common) {
	browser = await launch();
	await common();
} else {
	const own = alone[name];
	assert.ok(own, `there is no case ${name}`);
	await own();
}
await browser!.close();
assert.deepEqual(wrongs, []);
