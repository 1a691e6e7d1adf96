// SPDX-License-Identifier: GPL-2.0
// Places: those of the build, one for each screen of the tour, and the one that a viewer keeps in a file.

import type { Place, Shown } from "../machine/place";
import { entryLength, PlaceError } from "../machine/pool";
import type { Computer } from "./computer";
import { unpacked } from "./embedded";

export interface Stop extends Place {
	entry: Uint32Array;
}

const MAGIC = "clone_with_pids place 1\n";

// The places of the build, in the tour's order.
export async function places(computer: Computer): Promise<Stop[]> {
	const [all, blocks, list] = await Promise.all([unpacked("places-shown"), unpacked("places-pool"), unpacked("places-list")]);
	const into = computer.pool.append(blocks, computer.common);
	const words = new Uint32Array(list.buffer);
	let at = 0;
	return (JSON.parse(new TextDecoder().decode(all)) as Place[]).map((place) => {
		const length = entryLength(words, at);
		const entry = into(words.slice(at, at + length));
		at += length;
		return { ...place, entry };
	});
}

async function through(bytes: BlobPart, stream: GenericTransformStream): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

interface Header {
	build: string;
	words: number;
	shown: Shown;
}

// The machine as it is now, as a file: a line that says what it is, one that describes it, and the blocks.
export async function toFile(computer: Computer, build: string): Promise<Blob> {
	const { entry, shown } = await computer.save();
	const own = computer.pool.extract(entry, computer.common);
	const header: Header = { build, words: own.entry.length, shown };
	const packed = await through(new Blob([own.entry.slice(), own.blocks.slice()]), new CompressionStream("gzip"));
	return new Blob([MAGIC, JSON.stringify(header), "\n", packed]);
}

export async function fromFile(computer: Computer, build: string, file: Blob): Promise<void> {
	const bytes = new Uint8Array(await file.arrayBuffer());
	const text = new TextDecoder("latin1").decode(bytes.subarray(0, MAGIC.length));
	if (text !== MAGIC)
		throw new PlaceError("This file is not a place that this page has saved. Please choose a file that ends in .place.");
	const end = bytes.indexOf(10, MAGIC.length);
	const damaged = new PlaceError("This place is damaged: its file was cut or changed. Please save it again where it was made.");
	let header: Header, payload: Uint8Array<ArrayBuffer>;
	try {
		header = JSON.parse(new TextDecoder().decode(bytes.subarray(MAGIC.length, end))) as Header;
	} catch {
		throw damaged;
	}
	if (header.build !== build)
		throw new PlaceError("This place was saved by a page of another build, whose machine is another one. Please open it "
			+ "with the page that saved it.");
	try {
		payload = await through(bytes.slice(end + 1), new DecompressionStream("gzip"));
		const entry = new Uint32Array(payload.slice(0, header.words * 4).buffer);
		const into = computer.pool.append(payload.slice(header.words * 4), computer.common);
		await computer.jump(into(entry), header.shown);
	} catch {
		throw damaged;
	}
}
