// SPDX-License-Identifier: GPL-2.0
// The buttons of the chapters, and of the screens of the one that is open.

import { make } from "./dom";

export interface Known {
	title: string;
	// How many of its screens one can go to; 1: no more than to its beginning.
	screens: number;
}

export class Chapters {
	private readonly known = new Map<number, Known>();
	// The number of the tour's end, which is not known before a chapter was; what comes after it are the labs.
	last = Infinity;

	constructor(private readonly nav: HTMLElement, private readonly where: HTMLElement,
		    private readonly go: (chapter: number, screen: number) => void) {}

	know(chapter: number, known: Known): void {
		this.known.set(chapter, known);
	}

	knows(chapter: number): boolean {
		return this.known.has(chapter);
	}

	private isSign(chapter: number): boolean {
		return chapter === 0 || chapter >= this.last;
	}

	private name(chapter: number): string {
		if (this.isSign(chapter))
			return chapter === 0 ? "Start" : chapter === this.last ? "End" : "Labs";
		return String(chapter);
	}

	show(chapter: number, screen: number): void {
		const focus = this.nav.contains(document.activeElement) ? document.activeElement?.getAttribute("data-place") : null;
		const parts: HTMLElement[] = [];
		for (const [n, { title, screens }] of [...this.known].sort(([a], [b]) => a - b)) {
			const label = `${this.isSign(n) ? this.name(n) : `Chapter ${n}`}${title && title !== this.name(n) ? `: ${title}` : ""}`;
			const button = make("button", { type: "button", title: label, "aria-label": label, "data-place": `${n}.1` }, this.name(n));
			if (n === chapter)
				button.setAttribute("aria-current", "true");
			button.onclick = () => this.go(n, 1);
			parts.push(button);
			if (n === chapter && screens > 1)
				parts.push(this.dots(n, screens, screen));
		}
		this.nav.replaceChildren(...parts);
		if (focus)
			this.nav.querySelector<HTMLElement>(`[data-place="${focus}"]`)?.focus();
		const { title = "", screens = 1 } = this.known.get(chapter) ?? {};
		this.where.textContent = `${this.isSign(chapter) ? "" : `${chapter}. `}${title}${screens > 1 ? ` \u2014 screen ${screen} of ${screens}` : ""}`;
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
