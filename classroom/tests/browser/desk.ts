// SPDX-License-Identifier: GPL-2.0
// What one does with the page beside the tour: print, paste, save, project; and whether all can use it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { agree, allInSight, button, drawn, given, goTo, menu, newContext, open, reported, sorted, still, waitForScreen, waitForText, type Row } from "./harness";

export const desk: Record<string, () => Promise<void>> = {
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

	async solves_a_lab() {
		const page = await open();
		await button(page, "Labs").click();
		await waitForText(page, /lab N[^]*lesson:\S*# $/);
		await page.locator(".xterm-screen").click();
		let n = 0;
		const type = async (line: string, answer: RegExp): Promise<string> => {
			await page.keyboard.type(`${line}; echo "(done ${++n})"\n`);
			return waitForText(page, new RegExp(`${n === 1 ? "" : `\\n\\(done ${n - 1}\\)[^]*`}${answer.source}[^]*\\n\\(done ${n}\\)\\r?\\n[^]*# $`));
		};
		await type("lab 1", /Who am I/);
		await type("lab check", /not yet/);
		await page.keyboard.type("cwp -n cwp -n ./me &\n");
		await page.locator("#picture .space.level-2 .task", { hasText: "me" }).waitFor();
		const me = (await drawn(page)).find((row) => row.name === "me");
		// What the picture shows is the answer.
		await type(`echo ${me?.pids.join(" ")} >answer`, /./);
		await type("lab check", /Lab 1 is passed/);
		await page.screenshot({ path: `${given["pictures"]}/lab.png` });
		const downloading = page.waitForEvent("download");
		await menu(page, "Save my place to a file");
		const saved = readFileSync(await (await downloading).path());
		await page.reload();
		await page.evaluate(async () => {
			await window.classroom?.stops;
		});
		await page.setInputFiles("#file", { name: "my.place", mimeType: "application/octet-stream", buffer: saved });
		await page.locator("#status", { hasText: "The machine is back" }).waitFor();
		await page.locator(".xterm-screen").click();
		await page.keyboard.type("lab\n");
		await waitForText(page, /\n\*>? +1 [^]*# $/);
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
			assert.deepEqual(found, [], what);
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
		await button(page, "Leave projector mode").click();
		await goTo(page, 3, 1);
		await check("a question");
		await goTo(page, 3, 3);
		await check("signals");
	},
};
