// SPDX-License-Identifier: GPL-2.0
// The page that looks at a machine in QEMU, which runs the real ISO.
// One more argument: qemu=PID of what runs the machine, which is told to end in the end.

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { agree, button, given, newContext, newPage, reported, url, waitForScreen, waitForText, wrongs, path } from "./harness";
import { readFileSync } from "node:fs";

const notice = (page: Page, text: string): Promise<void> => page.locator("#notice", { hasText: text }).waitFor();

async function connected(page: Page): Promise<void> {
	await page.goto(url);
	await page.locator("#status", { hasText: "Connected" }).waitFor();
}

export const qemu: Record<string, () => Promise<void>> = {
	async looks_at_qemu() {
		const policy = /Content-Security-Policy" content="([^"]*)"/.exec(readFileSync(path, "utf8"))?.[1] ?? "";
		assert.match(policy, /connect-src ws:\/\/127\.0\.0\.1:\d+ ws:\/\/127\.0\.0\.1:\d+;/);
		const context = await newContext({ offline: false });
		const page = await newPage(context);
		await connected(page);
		await waitForText(page, /a restarted container needs its old pids[^]*q: leave/);
		// By the buttons, which are the tour's keys, and with the picture that pidtable prints.
		await page.locator("#chapters [data-place='3.1']").click();
		await waitForScreen(page, 3, 1);
		await page.locator("#predict [data-choice=z]").click();
		await waitForText(page, /> z {2}some fail, and some reach another task {2}<- your prediction/);
		for (const screen of [2, 3]) {
			await button(page, "Go on").click();
			await waitForScreen(page, 3, screen);
		}
		await page.locator("#predict", { hasText: "As predicted" }).waitFor();
		await page.locator("#picture .signal.astray", { hasText: "counter, meant run-middle" }).waitFor();
		const rows = await reported(page);
		await waitForText(page, /q: leave/);
		await agree(page, rows, "when the shell has ended");
		await page.screenshot({ path: `${given["pictures"]}/qemu.png` });
		// Another page gets no machine while this one has it, and a page that comes later sees what this one saw.
		const other = await newPage(context);
		await other.goto(url);
		await notice(other, "another page may be connected");
		await other.close();
		await page.reload();
		await page.locator("#status", { hasText: "Connected" }).waitFor();
		await waitForScreen(page, 3, 3);
		await page.locator("#predict", { hasText: "As predicted" }).waitFor();
		await agree(page, rows, "after a reload");
		process.kill(Number(given["qemu"]));
		await notice(page, "The machine is gone");
		await button(page, "Connect again").click();
		await notice(page, "there is no machine");
		await page.locator("#keys .first").click();
		await page.locator("#status", { hasText: "the machine is not connected" }).waitFor();
		// The browser's own complaints about connections that were refused.
		assert.deepEqual(wrongs.filter((wrong) => !/WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/' failed/.test(wrong)), []);
		wrongs.length = 0;
	},
};
