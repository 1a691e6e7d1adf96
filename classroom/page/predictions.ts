// SPDX-License-Identifier: GPL-2.0
// Predictions: the class chooses before the tour shows what comes; afterwards the page tells both.

import { lesson, questionOf } from "../lesson/lesson";
import { make } from "./dom";

export class Predictions {
	private readonly chosen = new Map<number, number>();
	private asked = 0;

	constructor(private readonly place: HTMLElement) {}

	// The tour has shown a screen: a question stands on it, or the one before had one.
	show(chapter: number, isQuestion: boolean, isEnd: boolean): void {
		if (isQuestion && questionOf(chapter))
			this.ask(chapter);
		else if (isEnd)
			this.sum();
		else if (this.asked === chapter && this.chosen.has(chapter))
			this.reveal(chapter);
		else
			this.place.hidden = true;
	}

	private ask(chapter: number): void {
		const question = questionOf(chapter)!;
		this.asked = chapter;
		const buttons = question.choices.map((text, i) => {
			const button = make("button", { type: "button", "aria-pressed": this.chosen.get(chapter) === i },
				`${String.fromCharCode(65 + i)}. ${text}`);
			button.onclick = () => {
				this.chosen.set(chapter, i);
				buttons.forEach((other, j) => other.setAttribute("aria-pressed", String(i === j)));
			};
			return button;
		});
		this.fill(make("p", {}, make("b", {}, "Predict: "), question.text), make("div", { class: "choices" }, ...buttons));
	}

	private words(chapter: number): (Node | string)[] {
		const question = questionOf(chapter)!, choice = this.chosen.get(chapter)!;
		const right = choice === question.right;
		return [make("b", {}, right ? "\u2713 As predicted: " : "\u2717 Predicted otherwise: "),
			right ? question.choices[choice]! : `\u201c${question.choices[choice]}\u201d; what came: \u201c${question.choices[question.right]}\u201d`, ". "];
	}

	private reveal(chapter: number): void {
		this.fill(make("p", {}, ...this.words(chapter), questionOf(chapter)!.why));
	}

	private sum(): void {
		const told = lesson.filter(({ chapter }) => this.chosen.has(chapter));
		const right = told.filter(({ chapter, question }) => this.chosen.get(chapter) === question?.right).length;
		if (told.length)
			this.fill(make("p", {}, make("b", {}, `${right} of ${told.length} predictions came true.`)),
				make("ul", {}, ...told.map(({ chapter }) => make("li", {}, `Chapter ${chapter}. `, ...this.words(chapter)))));
		else
			this.place.hidden = true;
	}

	private fill(...content: Node[]): void {
		this.place.replaceChildren(...content);
		this.place.hidden = false;
	}
}
