// SPDX-License-Identifier: GPL-2.0
// The data that the build put into the page, as elements that no browser runs or shows.

import { decompress } from "fzstd";
import { sum } from "../machine/sum";

export interface Build {
	// Which build it is: a place fits only its own.
	build: string;
	// The sums of the parts, unpacked.
	sums: Record<string, number>;
}

export interface About {
	files: { name: string; bytes: number; sha256: string }[];
	parts: { name: string; version: string; licence: string; source: string; text: string }[];
}

function element(id: string): HTMLElement {
	const found = document.getElementById(id);
	if (!found)
		throw new Error(`The page is not complete: its part ${id} is missing.`);
	return found;
}

// A part in base64.  The browser decodes it faster than a script.
export async function bytes(id: string): Promise<Uint8Array<ArrayBuffer>> {
	const text = element(id).textContent ?? "";
	const answer = await fetch(`data:application/octet-stream;base64,${text.trim()}`);
	return new Uint8Array(await answer.arrayBuffer());
}

// A part that the build compressed.
export async function unpacked(id: string): Promise<Uint8Array<ArrayBuffer>> {
	const raw = decompress(await bytes(id));
	const whole = raw.length === raw.buffer.byteLength ? raw as Uint8Array<ArrayBuffer> : raw.slice();
	if (sum(whole) !== json<Build>("build").sums[id])
		throw new Error(`its part ${id} is damaged`);
	return whole;
}

export function json<T>(id: string): T {
	return JSON.parse(element(id).textContent ?? "") as T;
}
