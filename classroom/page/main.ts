// SPDX-License-Identifier: GPL-2.0
// The page: machine, screen, picture and buttons, put together.

import type { FeedEvent } from "../feed/reader";
import { SHEET_STYLE, studentSheet, teacherSheet } from "../lesson/handouts";
import type { Shown } from "../machine/place";
import { PlaceError } from "../machine/pool";
import { fillAbout } from "./about";
import { Chapters } from "./chapters";
import { Computer } from "./computer";
import { byId, make } from "./dom";
import { bytes, json, unpacked, type About, type Build } from "./embedded";
import { fromFile, places, toFile, type Stop } from "./places";
import { Predictions } from "./predictions";
import { Tasks } from "./tasks";
import { ConsoleScreen } from "./terminal";
import { onlyOne } from "./twice";

declare global {
	interface Window {
		trouble(text: string): void;
		began?: boolean;
		// For tests: what the page holds, and when it was ready.
		classroom?: { computer: Computer; stops: Promise<Stop[]>; readyMs: number };
	}
}

const WASM_ERROR = "The machine in this page cannot be started: the browser refuses its WebAssembly. A current Chromium, "
	+ "Chrome, Edge, Firefox or Safari (of 2022 or later) can run it.";

function status(text: string): void {
	byId("status").textContent = text;
}

function save(blob: Blob, name: string): void {
	const link = make("a", { href: URL.createObjectURL(blob), download: name });
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

class Page {
	private computer: Computer | undefined;
	private readonly tasks = new Tasks();
	private chapters: Chapters | undefined;
	private stops: Promise<Stop[]> | undefined;
	private readonly screen: ConsoleScreen;
	private readonly build = json<Build>("build").build;
	private place = { chapter: 0, screen: 1 };
	private drawing = false;
	private terminalWidth = 52;
	private readonly predictions = new Predictions(byId("predict"));

	constructor(private readonly first: Shown) {
		this.screen = new ConsoleScreen(byId("screen"), (text) => this.type(text), () => byId("keys").querySelector("button")?.focus());
		this.screen.replace(first.text);
		this.tasks.show(first.now ?? undefined, undefined, false);
		new ResizeObserver(() => this.fit()).observe(byId("screen"));
		new ResizeObserver(() => this.tasks.refit()).observe(byId("picture"));
		this.buttons();
	}

	private fit(): void {
		requestAnimationFrame(() => this.screen.fit());
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
		const computer = await Computer.start(code, base, this.first, this.screen, {
			snapshot: () => this.draw(true),
			event: (event) => this.event(event),
			version: (v) => status(`The machine's feed is of version ${String(v)}; this page reads version 1, and cannot draw it.`),
		});
		this.computer = computer;
		computer.onRestore = () => this.restored();
		computer.onSteps = () => byId<HTMLButtonElement>("back").disabled = !computer.canGoBack;
		status("The machine runs. Click on the terminal to type; F6 leaves it.");
		// The first screen is there; the rest may take its time.
		setTimeout(() => this.later(computer), 300);
		window.classroom = { computer, stops: new Promise((resolve) => this.haveStops = resolve), readyMs: performance.now() };
	}

	private haveStops: (stops: Stop[]) => void = () => {};

	private later(computer: Computer): void {
		this.stops = places(computer);
		this.stops.then((stops) => {
			this.chapters = new Chapters(byId("chapters"), byId("where"), stops, (chapter, screen) => this.go(chapter, screen));
			this.chapters.show(this.place.chapter, this.place.screen);
			this.haveStops(stops);
		}).catch((error: unknown) => this.failed(error));
	}

	private failed(error: unknown): void {
		status(error instanceof PlaceError ? error.message : `That did not work: ${String(error)}`);
	}

	private type(text: string): void {
		this.computer?.type(text).catch((error: unknown) => this.failed(error));
	}

	private go(chapter: number, screen: number): void {
		const began = performance.now();
		this.stops?.then(async (stops) => {
			const stop = stops.find((s) => s.chapter === chapter && s.screen === screen);
			if (!stop || !this.computer)
				return;
			await this.computer.jump(stop.entry, stop.shown);
			status(`Went to chapter ${chapter}, screen ${screen}, in ${Math.round(performance.now() - began)} ms.`);
		}).catch((error: unknown) => this.failed(error));
	}

	// Snapshots may come faster than they can be drawn.
	private draw(animate: boolean): void {
		if (this.drawing)
			return;
		this.drawing = true;
		requestAnimationFrame(() => {
			this.drawing = false;
			this.tasks.show(this.computer?.watch.now, this.computer?.watch.before, animate);
		});
	}

	private event(event: FeedEvent): void {
		if (event.event === "screen") {
			this.here(event.chapter, event.screen, false);
		} else if (event.event === "question") {
			this.here(this.place.chapter, this.place.screen, true);
		} else if (event.event === "verdict") {
			status(event.text);
		}
	}

	private here(chapter: number, screen: number, question: boolean): void {
		this.place = { chapter, screen };
		this.chapters?.show(chapter, screen);
		this.predictions.show(chapter, question, chapter === this.chapters?.last);
	}

	private restored(): void {
		const shown = this.computer?.watch.shown();
		if (!shown)
			return;
		this.here(shown.chapter, shown.screen, shown.question !== null);
		this.draw(true);
	}

	private buttons(): void {
		for (const button of byId("keys").querySelectorAll<HTMLElement>("[data-key]"))
			button.onclick = () => this.type(button.dataset["key"] ?? "");
		byId("back").onclick = () => this.computer?.back().catch((error: unknown) => this.failed(error));
		byId("remember").onclick = () => {
			this.computer?.watch.remember();
			this.tasks.show(this.computer?.watch.now, this.computer?.watch.before, false);
			status("Remembered. \"Before and now\" compares with this.");
		};
		byId("larger").onclick = () => this.split(1);
		byId("smaller").onclick = () => this.split(-1);
		this.projector();
		this.menu();
		document.addEventListener("visibilitychange", () => this.computer?.sleep(document.hidden)
			.then(() => status(document.hidden ? "The machine sleeps while this page is hidden." : "The machine runs."))
			.catch((error: unknown) => this.failed(error)));
		document.addEventListener("keydown", (event) => {
			if (event.key === "F6" && !event.defaultPrevented) {
				event.preventDefault();
				this.screen.terminal.focus();
			}
		});
	}

	// How much of the width is the terminal's; the picture has the rest.
	private split(step: number): void {
		this.terminalWidth = Math.min(76, Math.max(36, this.terminalWidth + 4 * step));
		document.body.style.setProperty("--terminal", `${this.terminalWidth}%`);
	}

	private projector(): void {
		const leave = byId("leave-projector");
		const set = (on: boolean): void => {
			document.body.classList.toggle("projector", on);
			byId("projector").setAttribute("aria-pressed", String(on));
			(on ? leave : byId("projector")).focus();
		};
		byId("projector").onclick = () => set(true);
		leave.onclick = () => set(false);
	}

	// A sheet on paper, in place of what is shown.
	private print(sheet: (places: Stop[]) => string): void {
		this.stops?.then((stops) => {
			byId("sheet").innerHTML = `<style>${SHEET_STYLE}</style>${sheet(stops)}`;
			document.body.classList.add("on-paper");
			addEventListener("afterprint", () => document.body.classList.remove("on-paper"), { once: true });
			window.print();
		}).catch((error: unknown) => this.failed(error));
	}

	private menu(): void {
		const more = byId("more"), button = byId("menu"), file = byId<HTMLInputElement>("file");
		const open = (on: boolean): void => {
			more.hidden = !on;
			button.setAttribute("aria-expanded", String(on));
		};
		button.onclick = () => open(more.hidden);
		more.addEventListener("click", (event) => event.target !== file && open(false));
		document.addEventListener("keydown", (event) => {
			if (event.key === "Escape" && !more.hidden) {
				open(false);
				button.focus();
			}
		});
		byId("save").onclick = () => {
			if (this.computer)
				toFile(this.computer, this.build).then((blob) => {
					save(blob, `chapter-${this.place.chapter}-screen-${this.place.screen}.place`);
					status(`Saved ${Math.round(blob.size / 1000)} kB: where the machine is now.`);
				}).catch((error: unknown) => this.failed(error));
		};
		byId("load").onclick = () => file.click();
		file.onchange = () => {
			const chosen = file.files?.[0];
			file.value = "";
			if (chosen && this.computer)
				fromFile(this.computer, this.build, chosen).then(() => status("The machine is back at the place of the file."))
					.catch((error: unknown) => this.failed(error));
		};
		byId("restart").onclick = () => this.go(0, 1);
		byId("print").onclick = () => window.print();
		byId("print-students").onclick = () => this.print(studentSheet);
		byId("print-teacher").onclick = () => this.print(teacherSheet);
		byId("about-open").onclick = () => {
			const dialog = byId<HTMLDialogElement>("about");
			fillAbout(dialog, json<About>("about-data"));
			dialog.showModal();
		};
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
