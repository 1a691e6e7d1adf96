// SPDX-License-Identifier: GPL-2.0
// What can go wrong: browsers without WebAssembly or too old, files that were damaged, the page open twice or hidden.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { button, given, newContext, newPage, open, path, url, waitForScreen, wrongs } from "./harness";

export const trouble: Record<string, () => Promise<void>> = {
	async without_webassembly() {
		const page = await newPage();
		await page.addInitScript("delete globalThis.WebAssembly");
		await page.goto(url);
		await page.locator("#trouble", { hasText: "WebAssembly is switched off" }).waitFor();
	},

	async in_an_old_browser() {
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
		const context = await newContext();
		const one = await open(context), two = await open(context);
		for (const page of [one, two])
			await page.locator("#notice", { hasText: "open in another tab" }).waitFor();
	},

	async sleeps_while_hidden() {
		const page = await open();
		const hide = (hidden: boolean): Promise<void> => page.evaluate((value) => {
			Object.defineProperty(document, "hidden", { value, configurable: true });
			document.dispatchEvent(new Event("visibilitychange"));
		}, hidden);
		await hide(true);
		await page.locator("#status", { hasText: "sleeps" }).waitFor();
		assert.equal(await page.evaluate(() => window.classroom?.own?.sleeping), true);
		await hide(false);
		await page.locator("#status", { hasText: "The machine runs" }).waitFor();
		await button(page, "Go on").click();
		await waitForScreen(page, 1, 1);
	},
};
