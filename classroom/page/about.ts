// SPDX-License-Identifier: GPL-2.0
// What is in the page: the sums of what it was made of, licences, and where the sources are.

import { make } from "./dom";
import type { About } from "./embedded";

export function fillAbout(dialog: HTMLElement, about: About): void {
	const close = make("button", { type: "button" }, "Close");
	close.onclick = () => (dialog as HTMLDialogElement).close();
	dialog.replaceChildren(make("h2", {}, "About this page"),
		make("p", {}, "One file with a whole computer: v86 runs Linux with clone_with_pids() in this browser. It needs no "
			+ "network and sends nothing. Keys: F6 goes from the terminal to the buttons and back; Escape closes what a click opened."),
		make("h3", {}, "What it was made of"),
		make("table", {}, make("tbody", {}, ...about.files.map((file) => make("tr", {}, make("th", { scope: "row" }, file.name),
			make("td", {}, `${file.bytes} bytes`), make("td", {}, make("code", {}, `SHA-256 ${file.sha256}`)))))),
		make("h3", {}, "Whose work is in it, licences and sources"),
		...about.parts.map((part) => make("details", {}, make("summary", {}, `${part.name} ${part.version}: ${part.licence}`),
			make("p", {}, part.source), ...(part.text ? [make("pre", { tabindex: 0 }, part.text)] : []))),
		close);
}
