// SPDX-License-Identifier: GPL-2.0
// Predictions: before the tour shows what comes, the viewer chooses, here or in the terminal, which is the same: a choice
// here is its key.  Afterwards the page tells what was predicted and what came.

import type { Question } from "../feed/reader";
import { whyOf } from "../lesson/lesson";
import type { Shown } from "../machine/place";
import { make } from "./dom";

interface Told {
	question?: Question;
	chosen?: number;
	came?: number;
}

export class Predictions {
	// By chapter.  It outlives jumps, after which the tour does not know what was predicted before them.
	private readonly chapters = new Map<number, Told>();

	constructor(private readonly place: HTMLElement, private readonly answer: (key: string) => void) {}

	// What these screens tell of the questions; not who has predicted what.
	learn(places: Shown[]): void {
		for (const { question, came } of places) {
			if (question)
				this.note(question.chapter, { question });
			if (came)
				this.note(came.chapter, { came: came.choice });
		}
	}

	private note(chapter: number, told: Told): void {
		this.chapters.set(chapter, { ...this.chapters.get(chapter), ...told });
	}

	forget(): void {
		for (const told of this.chapters.values())
			delete told.chosen;
	}

	// The tour has shown a screen, or told more of it.
	show(shown: Shown, isEnd: boolean): void {
		this.learn([shown]);
		if (shown.answer)
			this.note(shown.answer.chapter, { chosen: shown.answer.choice });
		const told = shown.came && this.chapters.get(shown.came.chapter);
		if (shown.question)
			this.ask(shown.question, shown.answer?.choice);
		else if (isEnd)
			this.sum();
		else if (told && told.chosen !== undefined)
			this.fill(make("p", {}, ...this.words(told), whyOf(shown.came!.chapter)));
		else
			this.place.hidden = true;
	}

	private ask({ text, choices, keys }: Question, chosen: number | undefined): void {
		const focus = this.place.contains(document.activeElement) ? document.activeElement?.getAttribute("data-choice") : null;
		const buttons = choices.map((choice, i) => {
			const button = make("button", { type: "button", "aria-pressed": String(i === chosen), "data-choice": keys[i]! },
				make("b", {}, `${keys[i]}`), ` ${choice}`, ...(i === chosen ? [make("i", {}, " \u2190 your prediction")] : []));
			button.onclick = () => this.answer(keys[i]!);
			return button;
		});
		this.fill(make("p", {}, make("b", {}, "Predict: "), text), make("div", { class: "choices" }, ...buttons));
		if (focus)
			buttons.find((button) => button.dataset["choice"] === focus)?.focus();
	}

	private words({ question, chosen, came }: Told): (Node | string)[] {
		const name = (choice: number | undefined): string => `\u201c${question?.choices[choice ?? -1] ?? "?"}\u201d`;
		return chosen === came ? [make("b", {}, "\u2713 As predicted: "), name(came), ". "]
			: [make("b", {}, "\u2717 Predicted otherwise: "), name(chosen), "; what came: ", name(came), ". "];
	}

	private sum(): void {
		const told = [...this.chapters].filter(([, { chosen, came }]) => chosen !== undefined && came !== undefined)
			.sort(([a], [b]) => a - b);
		const right = told.filter(([, { chosen, came }]) => chosen === came).length;
		if (told.length)
			this.fill(make("p", {}, make("b", {}, `${right} of ${told.length} prediction${told.length === 1 ? "" : "s"} came true.`)),
				make("ul", {}, ...told.map(([chapter, one]) => make("li", {}, `Chapter ${chapter}. `, ...this.words(one)))));
		else
			this.place.hidden = true;
	}

	private fill(...content: Node[]): void {
		this.place.replaceChildren(...content);
		this.place.hidden = false;
	}
}
