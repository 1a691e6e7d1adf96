// SPDX-License-Identifier: GPL-2.0
// The page that runs the machine itself: its states, and the buttons for them.

import { SHEET_STYLE, studentSheet, teacherSheet } from "../lesson/handouts";
import type { Shown } from "../machine/place";
import { PlaceError } from "../machine/pool";
import { fillAbout } from "./about";
import { Computer } from "./computer";
import { byId, make } from "./dom";
import { bytes, json, unpacked, type About, type Build } from "./embedded";
import { fromFile, places, toFile, type Stop } from "./places";
import { onlyOne } from "./twice";
import { status, View } from "./view";

const WASM_ERROR = "The machine in this page cannot be started: the browser refuses its WebAssembly. A current Chromium, "
	+ "Chrome, Edge, Firefox or Safari (of 2022 or later) can run it.";

function save(blob: Blob, name: string): void {
	const link = make("a", { href: URL.createObjectURL(blob), download: name });
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function failed(error: unknown): void {
	status(error instanceof PlaceError ? error.message : `That did not work: ${String(error)}`);
}

class Page {
	private computer: Computer | undefined;
	private stops: Promise<Stop[]> | undefined;
	private readonly build = json<Build>("build").build;
	private readonly view = new View((chapter, screen) => this.go(chapter, screen), failed);

	constructor(private readonly first: Shown) {
		this.view.screen.replace(first.text);
		this.view.picture(first, false);
		this.files();
		this.sheets();
		byId("restart").onclick = () => {
			this.view.predictions.forget();
			this.go(0, 1);
		};
		byId("about-open").onclick = () => {
			const dialog = byId<HTMLDialogElement>("about");
			fillAbout(dialog, json<About>("about-data"));
			dialog.showModal();
		};
	}

	async start(): Promise<void> {
		const module = unpacked("wasm").then((code) => WebAssembly.compile(code));
		module.catch(() => undefined);
		const base = await unpacked("base");
		let code: WebAssembly.Module;
		try {
			code = await module;
		} catch {
			window.trouble(WASM_ERROR);
			return;
		}
		const computer = await Computer.start(code, base, this.first, this.view.screen, this.view.listener);
		this.computer = this.view.machine = computer;
		computer.onRestore = () => this.view.restored();
		computer.onSteps = () => byId<HTMLButtonElement>("back").disabled = !computer.canGoBack;
		byId("back").onclick = () => computer.back().catch(failed);
		document.addEventListener("visibilitychange", () => computer.sleep(document.hidden)
			.then(() => status(document.hidden ? "The machine sleeps while this page is hidden." : "The machine runs."))
			.catch(failed));
		status("The machine runs. Click on the terminal to type; F6 leaves it.");
		// The first screen is there; the rest may take its time.
		setTimeout(() => this.later(computer), 300);
		window.classroom = { computer, own: computer, stops: new Promise((resolve) => this.haveStops = resolve), readyMs: performance.now() };
	}

	private haveStops: (stops: Stop[]) => void = () => {};

	private later(computer: Computer): void {
		this.stops = places(computer);
		this.stops.then((stops) => {
			this.learn(stops);
			this.view.here();
			this.haveStops(stops);
		}).catch(failed);
	}

	private learn(stops: Stop[]): void {
		const { chapters, predictions } = this.view;
		for (const { chapter, shown, title } of stops)
			chapters.know(chapter, { title: shown.title || title, screens: stops.filter((stop) => stop.chapter === chapter).length });
		// The labs stand behind it.
		chapters.last = Math.max(...stops.map((stop) => stop.chapter)) - 1;
		predictions.learn(stops.map((stop) => stop.shown));
	}

	private go(chapter: number, screen: number): void {
		const began = performance.now();
		this.stops?.then(async (stops) => {
			const stop = stops.find((s) => s.chapter === chapter && s.screen === screen);
			if (!stop || !this.computer)
				return;
			await this.computer.jump(stop.entry, stop.shown);
			status(`Went to chapter ${chapter}, screen ${screen}, in ${Math.round(performance.now() - began)} ms.`);
		}).catch(failed);
	}

	private files(): void {
		const file = byId<HTMLInputElement>("file");
		byId("save").onclick = () => {
			if (!this.computer)
				return;
			const { chapter, screen } = this.computer.watch.shown();
			toFile(this.computer, this.build).then((blob) => {
				save(blob, `chapter-${chapter}-screen-${screen}.place`);
				status(`Saved ${Math.round(blob.size / 1000)} kB: where the machine is now.`);
			}).catch(failed);
		};
		byId("load").onclick = () => file.click();
		file.onchange = () => {
			const chosen = file.files?.[0];
			file.value = "";
			if (chosen && this.computer)
				fromFile(this.computer, this.build, chosen).then(() => status("The machine is back at the place of the file."))
					.catch(failed);
		};
	}

	private sheets(): void {
		byId("print-students").onclick = () => this.print(studentSheet);
		byId("print-teacher").onclick = () => this.print(teacherSheet);
	}

	// A sheet on paper, in place of what is shown.
	private print(sheet: (places: Stop[]) => string): void {
		this.stops?.then((stops) => {
			byId("sheet").innerHTML = `<style>${SHEET_STYLE}</style>${sheet(stops)}`;
			document.body.classList.add("on-paper");
			addEventListener("afterprint", () => document.body.classList.remove("on-paper"), { once: true });
			window.print();
		}).catch(failed);
	}
}

async function main(): Promise<void> {
	window.began = true;
	if (document.body.classList.contains("in-trouble"))
		return;
	onlyOne(() => {
		byId("notice").hidden = false;
		byId("notice").textContent = "This page is open in another tab or window, too. Each has a machine of its own, and both are "
			+ "slower: please close one.";
	});
	const first = JSON.parse(new TextDecoder().decode(await bytes("first"))) as Shown;
	await new Page(first).start();
}

main().catch((error: unknown) => window.trouble(`The page could not be started (${String(error)}). Its file may be damaged: `
	+ "please copy it anew, and open it with a current Chromium, Chrome, Edge, Firefox or Safari."));
