// SPDX-License-Identifier: GPL-2.0
// Is the page open twice?  Pages that share a store hear of what the others write; where there is none, nobody is told.

const KEY = "clone_with_pids.open";

export function onlyOne(twice: () => void): void {
	const me = `${Date.now()}.${Math.random()}`;
	addEventListener("storage", (event) => {
		if (!event.key?.startsWith(KEY) || !event.newValue)
			return;
		twice();
		// Let the one that came later know, too.
		if (event.key === KEY)
			localStorage.setItem(`${KEY}.answer`, me);
	});
	try {
		localStorage.setItem(KEY, me);
	} catch {
		// No store: a private window, or one that forbids it.
	}
}
