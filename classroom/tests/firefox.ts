// SPDX-License-Identifier: GPL-2.0
// The built page in Firefox: opened from file://, to the first screen, to chapter 4 by its button, and on from there.
// usage: firefox page=PATH firefox=PATH pictures=FOLDER

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const given = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2))) as Record<string, string>;

// Only against a hang.
const timeout = 120_000;

const browser = await puppeteer.launch({ browser: "firefox", executablePath: given["firefox"] ?? "", headless: true,
	protocolTimeout: timeout, timeout, extraPrefsFirefox: { "network.proxy.type": 1, "network.proxy.socks": "127.0.0.1", "network.proxy.socks_port": 9 } });
try {
	const page = await browser.newPage();
	await page.setViewport({ width: 1280, height: 720 });
	page.setDefaultTimeout(timeout);
	await page.goto(pathToFileURL(given["page"] ?? "").href, { timeout });
	await page.waitForFunction(() => window.classroom !== undefined);
	const ready = await page.evaluate(() => window.classroom?.readyMs ?? 0);
	console.log(`open to the first screen with its picture: ${Math.round(ready)} ms, ${await browser.version()}`);
	await page.evaluate(async () => {
		await window.classroom?.stops;
	});
	await page.click("#chapters [data-place='4.1']");
	await page.waitForFunction(() => window.classroom?.computer.watch.shown().chapter === 4);
	await page.click("#keys .first");
	await page.waitForFunction(() => {
		const watch = window.classroom?.computer.watch;
		return watch?.shown().chapter === 4 && watch.shown().screen === 2 && watch.waits();
	});
	await page.waitForSelector("#picture .space.level-3");
	await page.click("#tab-compare");
	await page.waitForFunction(() => /29 of 29 pids are equal/.test(document.getElementById("compare")?.textContent ?? ""));
	console.log(await page.$eval("#status", (status) => status.textContent));
	await page.screenshot({ path: `${given["pictures"] ?? "."}/firefox.png` });
	assert.equal(await page.$eval("#trouble", (box) => box.textContent), "");
} finally {
	await browser.close();
}
