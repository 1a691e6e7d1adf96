// SPDX-License-Identifier: GPL-2.0
// Elements, in a line each.

type Attributes = Record<string, string | number | boolean>;

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {},
							    ...content: (Node | string)[]): HTMLElementTagNameMap[K] {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes))
		if (value !== false)
			element.setAttribute(name, value === true ? "" : String(value));
	element.append(...content);
	return element;
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
	const found = document.getElementById(id);
	if (!found)
		throw new Error(`The page is not complete: its part ${id} is missing.`);
	return found as T;
}

// A pid with the level that it is of: by the letter, and by the colour.
export function chip(level: number, pid: number | undefined, mark = ""): HTMLElement {
	return make("span", { class: `chip level-${level % 6} ${mark}` },
		make("span", { class: "chip-level" }, `L${level}`), " ", make("b", {}, pid === undefined ? "-" : String(pid)));
}
