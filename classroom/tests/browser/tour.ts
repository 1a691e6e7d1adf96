// SPDX-License-Identifier: GPL-2.0
// The tour in the page: by buttons, keys and jumps, with the picture beside it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { allInSight, begin, browserName, button, drawn, goTo, menu, open, path, reported, said, sorted, waitForScreen, waitForText } from "./harness";

const LAST = 9;

export const tour: Record<string, () => Promise<void>> = {
	async opens() {
		const page = await begin();
		await page.locator(".xterm-screen", { hasText: "a restarted container needs its old pids" }).waitFor();
		await page.locator("#picture .task", { hasText: "tour" }).waitFor();
		const ready = await page.evaluate(() => window.classroom?.readyMs ?? 0);
		const seq = await page.evaluate(() => window.classroom?.computer.watch.now?.seq);
		await page.evaluate(() => window.classroom?.computer.ask());
		await page.waitForFunction((old) => window.classroom?.computer.watch.now?.seq !== old, seq);
		console.log(`open to the first screen with its picture: ${Math.round(ready)} ms, ${await browserName()}`);
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

	async draws_what_pidtable_prints() {
		const page = await open();
		for (const [chapter, screen] of [[1, 2], [2, 3], [3, 2], [4, 2], [5, 2], [6, 4], [7, 2], [8, 2]] as const) {
			await goTo(page, chapter, screen);
			await reported(page);
			await waitForText(page, /q: leave/);
		}
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
		const predict = page.locator("#predict"), choice = (key: string) => predict.locator(`[data-choice=${key}]`);
		await goTo(page, 3, 1);
		// What is chosen in the page is chosen in the terminal, by its key, and the other way round.
		await choice("x").click();
		await waitForText(page, /> x {2}all arrive where they should {2}<- your prediction/);
		await page.locator("#predict [data-choice=x][aria-pressed=true]").waitFor();
		await page.locator(".xterm-screen").click();
		await page.keyboard.press("y");
		await page.locator("#predict [data-choice=y][aria-pressed=true]", { hasText: "none arrives anywhere" }).waitFor();
		assert.equal(await choice("x").getAttribute("aria-pressed"), "false");
		await allInSight(page, 12);
		for (const screen of [2, 3]) {
			await button(page, "Go on").click();
			await waitForScreen(page, 3, screen);
		}
		await waitForText(page, /You predicted y; what came is z: some fail, and some reach another task\./);
		await predict.getByText("Predicted otherwise").waitFor();
		await goTo(page, 4, 1);
		await choice("z").click();
		await waitForText(page, /> z {2}29: all of them/);
		await button(page, "Go on").click();
		await waitForScreen(page, 4, 2);
		await waitForText(page, /You predicted z, and that came/);
		await predict.getByText("As predicted").waitFor();
		await goTo(page, LAST, 1);
		await predict.getByText("1 of 2 predictions came true.").waitFor();
		await goTo(page, 1, 1);
		assert.equal(await predict.isVisible(), false);
		// Enter alone leads past a question.
		await goTo(page, 5, 1);
		await button(page, "Go on").click();
		await waitForScreen(page, 5, 2);
		assert.equal(await predict.isVisible(), false);
	},

	async marks_signals() {
		const page = await open();
		const card = (name: string) => page.locator("#picture .task:not(.ghost)", { has: page.locator(".name", { hasText: new RegExp(`^${name}`) }) });
		await goTo(page, 4, 3);
		await card("leaf").locator(".signal", { hasText: "USR1 from inner" }).waitFor();
		assert.equal(await page.locator("#picture .signal.astray").count(), 0);
		await goTo(page, 3, 3);
		// The one who got it is dead by now, so that its sender has the mark.
		await card("outer").locator(".signal.astray", { hasText: /^\u2717 USR1 to \d+: counter, meant run-middle$/ }).waitFor();
		await card("outer").locator(".signal.astray", { hasText: /nobody, meant helper/ }).waitFor();
		await page.locator("#tab-table").click();
		await page.locator("#table td", { hasText: "nobody, meant helper" }).waitFor();
		await page.locator("#tab-picture").click();
		await button(page, "Go on").click();
		await waitForScreen(page, 3, 4);
		await card("outer").locator(".signal", { hasText: "HUP" }).waitFor();
		assert.equal(await page.locator("#picture .signal.astray").count(), 0);
	},

	// From the moment at which a new task tells its name on the console to the moment at which its card is drawn.
	async follows_the_kernel() {
		const page = await open();
		await button(page, "Shell").click();
		await waitForText(page, /lesson:\S*# $/);
		await page.evaluate(() => window.classroom?.computer.type("mkfifo /tmp/never\r"));
		const delays: number[] = [];
		for (let i = 0; i < 12; i++) {
			const times = Promise.all([
				page.waitForFunction((task) => window.classroom?.computer.watch.shown().text.includes(`BORN ${task}`) && performance.now(), `n${i}`),
				page.waitForFunction((task) => [...document.querySelectorAll("#picture .name")].some((name) => name.textContent === task)
					&& performance.now(), `n${i}`),
			]);
			await page.evaluate((line) => window.classroom?.computer.type(line),
				`(echo -n n${i} >/proc/self/comm; echo BO''RN n${i}; read x <>/tmp/never) &\r`);
			const [born, drawn] = await Promise.all((await times).map((time) => time.jsonValue()));
			delays.push(Number(drawn) - Number(born));
		}
		delays.sort((a, b) => a - b);
		console.log(`the picture is ${Math.round(delays[6]!)} ms behind the kernel, at most ${Math.round(delays[11]!)} of 12 times, ${await browserName()}`);
	},
};
