// SPDX-License-Identifier: GPL-2.0
// What a teacher needs beside the tour: what to say, how long it takes, and why what comes of a question comes.  The
// questions and their answers are the tour's own: the page hears them from the feed, the sheets from the places.

export interface Chapter {
	chapter: number;
	minutes: number;
	say: string;
	// Of the chapters that ask for a prediction.
	why?: string;
}

export const lesson: Chapter[] = [
	{ chapter: 1, minutes: 4,
		say: "One task, four pids. Ask somebody to read the row of the innermost task aloud, and to say who uses which pid." },
	{ chapter: 2, minutes: 6,
		say: "Eleven ordinary programs remember each other's pids. The rest of the lesson tries to get this table back: press "
			+ "\"Remember as before\" when it stands there, or let the class write it down." },
	{ chapter: 3, minutes: 8,
		say: "Read the question aloud, and wait until everybody has chosen. Afterwards: who got the signals that outer sends?",
		why: "The new container assigns 1, 2, 3 ...; the old pids had gaps. A pid that nobody has now: ESRCH. One that another "
			+ "task has now: the signal arrives there, and the sender is told that all is well." },
	{ chapter: 4, minutes: 6,
		say: "The same image, the same order, another call. Compare \"Before and now\" with what the class has written down.",
		why: "clone_with_pids() gets a pid for each namespace. At level 0, too: there the pid must be free, or the kernel "
			+ "refuses the restart, and takes no pid anywhere." },
	{ chapter: 5, minutes: 5,
		say: "A container inside a container: the kernel matches the list of pids from the innermost level outwards.",
		why: "The recorded columns are the same, one to the right. The kernel chooses at level 0, so that another task may have the "
			+ "old pids of level 0 by now." },
	{ chapter: 6, minutes: 7,
		say: "For those who ask whether CRIU does not do that. It keeps one number for each task.",
		why: "Each of the two knows the init of its container by the pid in its own namespace, which is neither that init's oldest "
			+ "pid nor its youngest. A script's $! is its child's youngest pid, and works." },
	{ chapter: 7, minutes: 6, say: "What the kernel refuses, and the story of 0xc0000400: compare an unsigned number as unsigned." },
	{ chapter: 8, minutes: 4, say: "What mainline has had since 2019, and what it does in another way." },
];

export function whyOf(chapter: number): string {
	return lesson.find((one) => one.chapter === chapter)?.why ?? "";
}
