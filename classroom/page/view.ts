// SPDX-License-Identifier: GPL-2.0
// What all pages show, whatever their machine is: terminal, picture, chapters, predictions, and the buttons for them.

import type { FeedEvent, Listener } from "../feed/reader";
import type { Shown, Watch } from "../machine/place";
import { Chapters } from "./chapters";
import type { Computer } from "./computer";
import { byId } from "./dom";
import type { Stop } from "./places";
import { Predictions } from "./predictions";
import { Tasks } from "./tasks";
import { ConsoleScreen } from "./terminal";

// A machine as the view needs it.
export interface Machine {
	readonly watch: Watch;
	// Keys for the console.
	type(text: string): Promise<void>;
	// Have the feed tell all tasks.
	ask(): void;
}

declare global {
	interface Window {
		trouble(text: string): void;
		began?: boolean;
		// For tests: what the page holds, and when it was ready.
		classroom?: { computer: Machine; own?: Computer; stops: Promise<Stop[]>; readyMs: number };
	}
}

export function status(text: string): void {
	byId("status").textContent = text;
}

export class View {
	readonly screen: ConsoleScreen;
	readonly chapters: Chapters;
	readonly predictions = new Predictions(byId("predict"), (key) => this.type(key));
	machine: Machine | undefined;
	private readonly tasks = new Tasks();
	private drawing = false;
	private terminalWidth = 52;

	// `go' leads to a screen of a chapter.
	constructor(go: (chapter: number, screen: number) => void, private readonly failed: (error: unknown) => void) {
		this.screen = new ConsoleScreen(byId("screen"), (text) => this.type(text), () => byId("keys").querySelector("button")?.focus());
		this.chapters = new Chapters(byId("chapters"), byId("where"), go);
		new ResizeObserver(() => this.fit()).observe(byId("screen"));
		// Not at once: what changes sizes while it is told of sizes is an error in Firefox.
		new ResizeObserver(() => requestAnimationFrame(() => this.tasks.refit())).observe(byId("picture"));
		this.buttons();
		this.projector();
		this.menu();
	}

	// What to do when the machine reports something.
	get listener(): Listener {
		return {
			snapshot: () => this.draw(),
			event: (event) => this.event(event),
			version: (v) => status(`The machine's feed is of version ${String(v)}; this page reads version 1, and cannot draw it.`),
		};
	}

	private fit(): void {
		requestAnimationFrame(() => this.screen.fit());
	}

	type(text: string): void {
		this.machine?.type(text).catch((error: unknown) => this.failed(error));
	}

	// Snapshots may come faster than they can be drawn.
	private draw(): void {
		if (this.drawing)
			return;
		this.drawing = true;
		requestAnimationFrame(() => {
			this.drawing = false;
			if (this.machine)
				this.picture(this.machine.watch.shown(), true);
		});
	}

	picture(shown: Shown, animate: boolean): void {
		this.tasks.show(shown.now ?? undefined, shown.before ?? undefined, shown.signals, animate);
	}

	private event(event: FeedEvent): void {
		if (event.event === "verdict")
			status(event.text);
		else
			this.here();
		if (event.event === "screen" || event.event === "signal")
			this.draw();
	}

	// Another screen of the tour, or more of it.
	here(): void {
		const shown = this.machine?.watch.shown();
		if (!shown)
			return;
		this.chapters.show(shown.chapter, shown.screen);
		this.predictions.show(shown, shown.chapter === this.chapters.last);
	}

	// The machine was put back.
	restored(): void {
		this.here();
		this.draw();
	}

	private buttons(): void {
		for (const button of byId("keys").querySelectorAll<HTMLElement>("[data-key]"))
			button.onclick = () => this.type(button.dataset["key"] ?? "");
		byId("remember").onclick = () => {
			if (!this.machine)
				return;
			this.machine.watch.remember();
			this.picture(this.machine.watch.shown(), false);
			status("Remembered. \"Before and now\" compares with this.");
		};
		byId("larger").onclick = () => this.split(1);
		byId("smaller").onclick = () => this.split(-1);
		byId("print").onclick = () => window.print();
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

	private menu(): void {
		const more = byId("more"), button = byId("menu");
		const open = (on: boolean): void => {
			more.hidden = !on;
			button.setAttribute("aria-expanded", String(on));
		};
		button.onclick = () => open(more.hidden);
		more.addEventListener("click", (event) => event.target !== byId("file") && open(false));
		document.addEventListener("keydown", (event) => {
			if (event.key === "Escape" && !more.hidden) {
				open(false);
				button.focus();
			}
		});
	}
}
