// SPDX-License-Identifier: GPL-2.0
// The page that looks at a machine in QEMU: ./build.sh run --classroom.

import type { FeedEvent } from "../feed/reader";
import { fillAbout } from "./about";
import { byId, make } from "./dom";
import { json, type About } from "./embedded";
import { Remote, type Ports } from "./remote";
import { status, View } from "./view";

const HOW = "Start it with \"./build.sh run --classroom\" and open the page that it names; or, if it runs, connect again.";

function failed(error: unknown): void {
	status(`That did not work: ${error instanceof Error ? error.message : String(error)}.`);
}

// Its chapters are those of the tour that runs; a digit leads to each.
function follow(view: View, event: FeedEvent): void {
	if (event.event !== "chapter")
		return;
	view.chapters.last = event.last + 1;
	for (let n = 1; n <= event.last; n++)
		if (!view.chapters.knows(n))
			view.chapters.know(n, { title: "", screens: 1 });
	if (event.title || event.chapter === 0)
		view.chapters.know(event.chapter, { title: event.title, screens: 1 });
}

// Say that there is no machine, with a button to look for it again.
function say(text: string, again: () => void): void {
	const button = make("button", { type: "button" }, "Connect again");
	button.onclick = again;
	byId("notice").replaceChildren(text, " ", HOW, " ", button);
	byId("notice").hidden = false;
	status("Not connected.");
}

function main(): void {
	window.began = true;
	if (document.body.classList.contains("in-trouble"))
		return;
	const view = new View((chapter) => view.type(String(chapter)), failed);
	const listener = view.listener;
	const remote = new Remote(json<Ports>("ports"), view.screen, {
		...listener,
		event: (event) => {
			follow(view, event);
			listener.event?.(event);
		},
	});
	const connect = async (): Promise<void> => {
		byId("notice").hidden = true;
		status("Connecting to the machine in QEMU ...");
		try {
			await remote.connect();
			status("Connected to the machine in QEMU. Click on the terminal to type; F6 leaves it.");
		} catch (error) {
			say(`No machine: ${(error as Error).message}.`, again);
		}
	};
	const again = (): void => void connect();
	remote.onGone = () => say("The machine is gone: QEMU has ended, or has closed the connection.", again);
	view.machine = remote;
	byId("about-open").onclick = () => {
		const dialog = byId<HTMLDialogElement>("about");
		fillAbout(dialog, json<About>("about-data"));
		dialog.showModal();
	};
	window.classroom = { computer: remote, stops: Promise.resolve([]), readyMs: performance.now() };
	again();
}

main();
