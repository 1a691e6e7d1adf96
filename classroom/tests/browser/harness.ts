// SPDX-License-Identifier: GPL-2.0
// What the cases share: the browser without a network, the built page in it, and what is read from the page.
//
// They wait for text and never for time: the machine is slow when it is cold, or when others use the processor.

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

export const given = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2))) as Record<string, string>;
export const path = given["page"] ?? "";
export const url = pathToFileURL(path).href;

// Only against a hang.
const PATIENCE_MS = Number(given["patience"] ?? 120) * 1000;


let started: Promise<Browser> | undefined;

// Started when it is needed first.
export function browser(): Promise<Browser> {
	started ??= chromium.launch({ executablePath: given["chromium"] ?? "",
		// Where tests run there may be no user but root, little in /dev/shm, and no graphics.
		args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
	return started;
}

export async function browserName(): Promise<string> {
	const it = await browser();
	return `${it.browserType().name()} ${it.version()}`;
}

// What no page may do: ask for something outside of its file, break its own policy, fail.
export const wrongs: string[] = [];

export async function newContext(options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> {
	const context = await (await browser()).newContext({ viewport: { width: 1280, height: 720 }, offline: true, ...options });
	context.setDefaultTimeout(PATIENCE_MS);
	return context;
}

export async function newPage(context?: BrowserContext): Promise<Page> {
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
export async function begin(context?: BrowserContext): Promise<Page> {
	const page = await newPage(context);
	await page.goto(url);
	await page.waitForFunction(() => window.classroom !== undefined || document.getElementById("trouble")?.hidden === false);
	assert.equal(await page.textContent("#trouble"), "");
	return page;
}

// And with its places there.
export async function open(context?: BrowserContext): Promise<Page> {
	const page = await begin(context);
	await page.evaluate(async () => {
		await window.classroom?.stops;
	});
	return page;
}

// What stands on the console's screen, as text.
export function said(page: Page): Promise<string> {
	// eslint-disable-next-line no-control-regex
	return page.evaluate(() => window.classroom?.computer.watch.shown().text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "") ?? "");
}

export async function waitForText(page: Page, what: RegExp): Promise<string> {
	await page.waitForFunction(([source, flags]) => new RegExp(source!, flags)
		// eslint-disable-next-line no-control-regex
		.test(window.classroom?.computer.watch.shown().text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "") ?? ""), [what.source, what.flags]);
	return said(page);
}

export async function waitForScreen(page: Page, chapter: number, screen: number): Promise<void> {
	await page.waitForFunction(([c, s]) => {
		const watch = window.classroom?.computer.watch;
		const shown = watch?.shown();
		return shown?.chapter === c && shown?.screen === s && watch?.waits();
	}, [chapter, screen]);
}

export interface Row {
	name: string;
	pids: number[];
	level: number;
}

// The boxes as they are drawn: each card with its chips, and the level of the box that it is in.
export function drawn(page: Page): Promise<Row[]> {
	return page.evaluate(() => [...document.querySelectorAll<HTMLElement>("#picture .space .task:not(.ghost)")].map((card) => ({
		name: card.querySelector(".name")?.firstChild?.textContent ?? "",
		pids: [...card.querySelectorAll(".chip b")].map((chip) => Number(chip.textContent)),
		level: Number(/Level (\d+)/.exec(card.closest(".space")?.querySelector(".space-head b")?.textContent ?? "")?.[1]),
	})));
}

// The same from pidtable, in a shell on the same machine: what there is when that shell has ended.
export async function reported(page: Page): Promise<Row[]> {
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
	return rows.filter((row) => row.name !== "sh");
}

export function sorted(rows: Row[]): string {
	return [...rows].sort((a, b) => a.pids[0]! - b.pids[0]!).map((row) => `${row.name} ${row.pids.join(" ")} @${row.level}`).join("\n");
}

// The picture comes to show these, no more and no less; moments later, as the feed does not look all the time.
export async function agree(page: Page, rows: Row[], where: string): Promise<void> {
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

export async function allInSight(page: Page, least: number): Promise<void> {
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

export const button = (page: Page, name: string | RegExp): ReturnType<Page["getByRole"]> => page.getByRole("button", { name });

export async function goTo(page: Page, chapter: number, screen: number): Promise<void> {
	await page.locator(`#chapters [data-place="${chapter}.1"]`).first().click();
	await waitForScreen(page, chapter, 1);
	if (screen > 1) {
		await page.locator(`#chapters [data-place="${chapter}.${screen}"]`).click();
		await waitForScreen(page, chapter, screen);
	}
}

// Open the menu, press a button in it.
export async function menu(page: Page, name: string): Promise<void> {
	await button(page, "More").click();
	await button(page, name).click();
}

// Nothing moves any more.
export async function still(page: Page): Promise<void> {
	await page.waitForFunction(() => document.getAnimations().length === 0 && !document.querySelector(".ghost, .born"));
}
