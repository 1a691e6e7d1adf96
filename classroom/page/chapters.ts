// SPDX-License-Identifier: GPL-2.0
// The buttons of the chapters, and of the screens of the one that is open.

import { make } from "./dom";
import type { Place } from "../machine/place";

const SIGN = ["Start", "End"];

export class Chapters {
	private readonly titles = new Map<number, string>();
	private readonly screens = new Map<number, number>();
	readonly last: number;

	constructor(private readonly nav: HTMLElement, private readonly where: HTMLElement, list: Place[],
		    private readonly go: (chapter: number, screen: number) => void) {
		for (const place of list) {
			if (!this.titles.has(place.chapter))
				this.titles.set(place.chapter, place.shown.title || place.title);
			this.screens.set(place.chapter, Math.max(place.screen, this.screens.get(place.chapter) ?? 1));
		}
		this.last = Math.max(...this.titles.keys());
	}

	private name(chapter: number): string {
		return chapter === 0 ? SIGN[0]! : chapter === this.last ? SIGN[1]! : String(chapter);
	}

	show(chapter: number, screen: number): void {
		const focus = this.nav.contains(document.activeElement) ? document.activeElement?.getAttribute("data-place") : null;
		const parts: HTMLElement[] = [];
		for (const [n, title] of this.titles) {
			const label = n === 0 || n === this.last ? `${this.name(n)}: ${title}` : `Chapter ${n}: ${title}`;
			const button = make("button", { type: "button", title: label, "aria-label": label, "data-place": `${n}.1` }, this.name(n));
			if (n === chapter)
				button.setAttribute("aria-current", "true");
			button.onclick = () => this.go(n, 1);
			parts.push(button);
			const screens = this.screens.get(n) ?? 1;
			if (n === chapter && screens > 1)
				parts.push(this.dots(n, screens, screen));
		}
		this.nav.replaceChildren(...parts);
		if (focus)
			this.nav.querySelector<HTMLElement>(`[data-place="${focus}"]`)?.focus();
		const title = this.titles.get(chapter) ?? "";
		const number = chapter && chapter !== this.last ? `${chapter}. ` : "";
		const screens = this.screens.get(chapter) ?? 1;
		this.where.textContent = `${number}${title}${screens > 1 ? ` \u2014 screen ${screen} of ${screens}` : ""}`;
	}

	private dots(chapter: number, screens: number, screen: number): HTMLElement {
		const dots = make("span", { class: "dots", role: "group", "aria-label": `Screens of chapter ${chapter}` });
		for (let s = 1; s <= screens; s++) {
			const dot = make("button", { type: "button", "aria-label": `Screen ${s} of chapter ${chapter}`,
				"data-place": `${chapter}.${s}` }, s === screen ? "\u25cf" : "\u25cb");
			if (s === screen)
				dot.setAttribute("aria-current", "step");
			dot.onclick = () => this.go(chapter, s);
			dots.append(dot);
		}
		return dots;
	}
}
