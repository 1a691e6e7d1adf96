// SPDX-License-Identifier: GPL-2.0
// States as blocks: what goes in comes out again, alone and from another pool; what is damaged is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Pool } from "../machine/pool";

// Something like a state: a header, a description of this length, memory.
function state(description: number, memory: Uint8Array): Uint8Array {
	const start = (16 + description + 3) & -4;
	const all = new Uint8Array(start + memory.length).fill(0x20);
	new Uint32Array(all.buffer, 0, 4).set([0x86768676, 6, all.length, description]);
	all.set(memory, start);
	return all;
}

const memory = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 5);
const other = memory.slice();
other.fill(7, 40_000, 40_900);

test("what goes in comes out", () => {
	const pool = new Pool();
	for (const [description, bytes] of [[1000, memory], [1003, other], [90, memory.subarray(0, 513)]] as const) {
		const one = state(description, bytes);
		assert.deepEqual(new Uint8Array(pool.decode(pool.encode(one))), one);
	}
});

test("a state that differs a little needs a few blocks", () => {
	const pool = new Pool();
	pool.encode(state(1000, memory));
	const before = pool.blocks;
	pool.encode(state(1003, other));
	assert.ok(pool.blocks - before < 10, `${pool.blocks - before} blocks`);
});

test("an entry by itself goes into another pool with the same first state", () => {
	const here = new Pool(), there = new Pool();
	here.encode(state(1000, memory));
	there.encode(state(1000, memory));
	const common = here.blocks;
	there.encode(state(5, memory.map((b) => b ^ 1)));
	here.encode(state(5, memory.map((b) => b ^ 2)));
	const one = state(1003, other);
	const { blocks, entry } = here.extract(here.encode(one), common);
	assert.deepEqual(new Uint8Array(there.decode(there.append(blocks, common)(entry))), one);
});

test("what is damaged is refused", () => {
	const pool = new Pool();
	const entry = pool.encode(state(1000, memory));
	assert.throws(() => pool.encode(new Uint8Array(100)));
	assert.throws(() => pool.decode(entry.slice(0, -1)));
	assert.throws(() => pool.decode(entry.map((word, i) => i === 3 ? 1_000_000 : word)));
	assert.throws(() => pool.decode(entry.map((word, i) => i === 0 ? word + 1000 : word)));
	assert.throws(() => pool.append(new Uint8Array(255), 0));
});
