// SPDX-License-Identifier: GPL-2.0
// States as lists of blocks.  Two states of one machine have most of their bytes in common: a pool holds each
// different block once, and a state is the numbers of its blocks.
//
// A state begins with a description whose length changes; what follows it, the machine's memory first of all, keeps
// its place relative to blocks.  So the two parts are cut into blocks apart from each other.

const BLOCK = 256;
const WORDS = BLOCK / 4;
const STATE_MAGIC = 0x86768676;
const HEADER = 16;

// What an encoded state begins with: bytes of the state, bytes of its first part, number of runs of blocks.
const ENTRY_WORDS = 3;

export class PlaceError extends Error {}

// Where the second part begins; the header says how long the description is.
function split(state: Uint8Array): number {
	const view = new DataView(state.buffer, state.byteOffset, state.byteLength);
	if (state.length < HEADER || view.getUint32(0, true) !== STATE_MAGIC)
		throw new PlaceError("this is not a state of the machine");
	return Math.min((HEADER + view.getUint32(12, true) + 3) & -4, state.length);
}

function hash(words: Uint32Array, at: number): number {
	let h = 0x811c9dc5;
	for (let i = at; i < at + WORDS; i++)
		h = Math.imul(h ^ words[i]!, 0x01000193) ^ (h >>> 15);
	return h;
}

export class Pool {
	private words = new Uint32Array(0);
	private count = 0;
	// The first block of each hash; one whose hash is another's already is kept, and not found again.
	private readonly first = new Map<number, number>();
	private indexed = 0;

	get blocks(): number {
		return this.count;
	}

	// The blocks from number `from` on, as bytes.
	bytes(from: number): Uint8Array {
		return new Uint8Array(this.words.buffer, from * BLOCK, (this.count - from) * BLOCK);
	}

	// Take in the blocks that another pool had, beyond the first `common' that it shares with this one; the answer
	// turns that pool's entries into this one's.
	append(bytes: Uint8Array, common: number): (entry: Uint32Array) => Uint32Array {
		const moved = this.count - common;
		if (bytes.length % BLOCK || moved < 0)
			throw new PlaceError("the blocks are damaged");
		this.reserve(bytes.length / BLOCK);
		new Uint8Array(this.words.buffer).set(bytes, this.count * BLOCK);
		this.count += bytes.length / BLOCK;
		return (entry) => entry.map((word, i) => i >= ENTRY_WORDS && i % 2 === 1 && word >= common ? word + moved : word);
	}

	private index(): void {
		for (; this.indexed < this.count; this.indexed++) {
			const h = hash(this.words, this.indexed * WORDS);
			if (!this.first.has(h))
				this.first.set(h, this.indexed);
		}
	}

	private reserve(more: number): void {
		const need = (this.count + more) * WORDS;
		if (need <= this.words.length)
			return;
		const larger = new Uint32Array(Math.max(need, Math.ceil(this.words.length * 1.25)));
		larger.set(this.words.subarray(0, this.count * WORDS));
		this.words = larger;
	}

	private same(block: number, words: Uint32Array, at: number): boolean {
		for (let i = 0, b = block * WORDS; i < WORDS; i++)
			if (this.words[b + i] !== words[at + i])
				return false;
		return true;
	}

	// The number of this block; a new one if none is the same.
	private put(words: Uint32Array, at: number): number {
		const known = this.first.get(hash(words, at));
		if (known !== undefined && this.same(known, words, at))
			return known;
		this.reserve(1);
		this.words.set(words.subarray(at, at + WORDS), this.count++ * WORDS);
		this.index();
		return this.count - 1;
	}

	// A state, as numbers of blocks in this pool: see decode().
	encode(state: Uint8Array): Uint32Array {
		const middle = split(state);
		this.index();
		const runs: number[] = [];
		for (const part of [state.subarray(0, middle), state.subarray(middle)]) {
			const padded = new Uint8Array(Math.ceil(part.length / BLOCK) * BLOCK);
			padded.set(part);
			const words = new Uint32Array(padded.buffer);
			for (let at = 0; at < words.length; at += WORDS) {
				const block = this.put(words, at);
				const last = runs.length - 2;
				if (last >= 0 && runs[last]! + runs[last + 1]! === block)
					runs[last + 1]!++;
				else
					runs.push(block, 1);
			}
		}
		return Uint32Array.of(state.length, middle, runs.length / 2, ...runs);
	}

	// An entry by itself: the blocks that it needs beyond the first `common', and the numbers as if only these followed.
	extract(entry: Uint32Array, common: number): { blocks: Uint8Array; entry: Uint32Array } {
		const words: number[] = [...entry.subarray(0, ENTRY_WORDS)], own = new Map<number, number>();
		for (let i = ENTRY_WORDS; i < entry.length; i += 2)
			for (let block = entry[i]!; block < entry[i]! + entry[i + 1]!; block++) {
				if (block >= common && !own.has(block))
					own.set(block, common + own.size);
				words.push(own.get(block) ?? block, 1);
			}
		words[2] = (words.length - ENTRY_WORDS) / 2;
		const blocks = new Uint8Array(own.size * BLOCK);
		[...own.keys()].forEach((block, i) => blocks.set(new Uint8Array(this.words.buffer, block * BLOCK, BLOCK), i * BLOCK));
		return { blocks, entry: joined(Uint32Array.from(words)) };
	}

	// The state that encode() gave these numbers for.
	decode(entry: Uint32Array): ArrayBuffer {
		const [length = 0, middle = 0, runs = 0] = entry;
		if (entry.length !== ENTRY_WORDS + 2 * runs || middle > length || length > 1 << 28)
			throw new PlaceError("the list of blocks is damaged");
		const head = Math.ceil(middle / BLOCK) * BLOCK;
		const all = new Uint8Array(head + Math.ceil((length - middle) / BLOCK) * BLOCK);
		const pool = new Uint8Array(this.words.buffer);
		let at = 0;
		for (let i = ENTRY_WORDS; i < entry.length; i += 2) {
			const from = entry[i]!, n = entry[i + 1]!;
			if (from + n > this.count || at + n * BLOCK > all.length)
				throw new PlaceError("the list of blocks is damaged");
			all.set(pool.subarray(from * BLOCK, (from + n) * BLOCK), at);
			at += n * BLOCK;
		}
		if (at !== all.length)
			throw new PlaceError("the list of blocks is damaged");
		const state = new Uint8Array(length);
		state.set(all.subarray(0, middle));
		state.set(all.subarray(head, head + length - middle), middle);
		return state.buffer;
	}
}

// The same entry with as few runs as it can have.
function joined(entry: Uint32Array): Uint32Array {
	const words: number[] = [...entry.subarray(0, ENTRY_WORDS)];
	for (let i = ENTRY_WORDS; i < entry.length; i += 2) {
		const last = words.length - 2;
		if (last >= ENTRY_WORDS && words[last]! + words[last + 1]! === entry[i])
			words[last + 1]! += entry[i + 1]!;
		else
			words.push(entry[i]!, entry[i + 1]!);
	}
	words[2] = (words.length - ENTRY_WORDS) / 2;
	return Uint32Array.from(words);
}

// How many words of a list of entries the one at `at` takes.
export function entryLength(words: Uint32Array, at: number): number {
	return ENTRY_WORDS + 2 * (words[at + 2] ?? 0);
}
