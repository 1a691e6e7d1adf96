// SPDX-License-Identifier: GPL-2.0
// The machine in the page.  All that stops it, types on it or puts it back happens one after the other.

import { V86 } from "v86";
import type { Listener } from "../feed/reader";
import { CONSOLE, FEED, FEED_ASKS, bytesOf, machineOptions } from "../machine/options";
import { Watch, type Shown } from "../machine/place";
import { Pool } from "../machine/pool";
import type { Machine } from "./view";

// As many steps back as a lesson has screens, and some; and all of their memory, in blocks of 256 bytes.
const STEPS = 60;
const BLOCKS_MOST = 400_000;

export interface Screen {
	write(bytes: Uint8Array): void;
	// Show this in place of all that was written.
	replace(text: string): void;
}

// What of v86 its types do not tell.
interface Inside {
	v86: { cpu: { current_tsc: Uint32Array; store_current_tsc(): void; set_tsc(low: number, high: number): void } };
}

const TICKS_A_MS = 1_000_000;

// v86's time-stamp counter is performance.now() less an offset, and never goes back: where it would, it stands still until
// it has caught up, and the machine's time with it.  And its set_tsc() is right only while the offset is 0.  This one
// is always right, and goes on from the latest time that was seen if a state is older than that.
function mendClock(machine: V86): void {
	const { cpu } = (machine as unknown as Inside).v86, original = cpu.set_tsc;
	const read = (): bigint => {
		cpu.store_current_tsc();
		return BigInt(cpu.current_tsc[0]!) | BigInt(cpu.current_tsc[1]!) << 32n;
	};
	const set = (value: bigint): void => original(Number(value & 0xffffffffn), Number(value >> 32n));
	cpu.set_tsc = (low, high) => {
		const state = BigInt(low >>> 0) | BigInt(high >>> 0) << 32n, seen = read();
		// This makes the offset 0.
		set(seen);
		set(read() - BigInt(Math.round(performance.now() * TICKS_A_MS)) + (state > seen ? state : seen));
	};
}

interface Step {
	entry: Uint32Array;
	shown: Shown;
}

export class Computer implements Machine {
	readonly watch: Watch;
	private filled: { pool: Pool; common: number } | undefined;
	private steps: Step[] = [];
	private queue: Promise<unknown> = Promise.resolve();
	private asleep = false;
	// Called when what is shown was put back, and when one can go back no more or again.
	onRestore: () => void = () => {};
	onSteps: () => void = () => {};

	private constructor(private readonly machine: V86, private readonly base: Uint8Array,
			    private readonly screen: Screen, listener: Listener) {
		this.watch = new Watch(listener);
		this.listen();
	}

	// The blocks of all states, first those of the first screen.  They take a moment, and the first screen needs none.
	get pool(): Pool {
		return this.blocks().pool;
	}

	// How many blocks the first screen has: those of the pool that all pages of this build have.
	get common(): number {
		return this.blocks().common;
	}

	private blocks(): { pool: Pool; common: number } {
		if (!this.filled) {
			const pool = new Pool();
			pool.encode(this.base);
			this.filled = { pool, common: pool.blocks };
		}
		return this.filled;
	}

	// A machine that goes on from the state `base', at which `first' was shown.
	static async start(wasm: WebAssembly.Module, base: Uint8Array<ArrayBuffer>, first: Shown, screen: Screen,
			   listener: Listener): Promise<Computer> {
		const machine = new V86({
			...machineOptions,
			wasm_fn: async (imports) => (await WebAssembly.instantiate(wasm, imports)).exports,
		});
		await new Promise<void>((resolve) => machine.add_listener("emulator-loaded", () => resolve()));
		mendClock(machine);
		await machine.restore_state(base.buffer);
		const computer = new Computer(machine, base, screen, listener);
		computer.watch.restore(first);
		await machine.run();
		computer.ask();
		return computer;
	}

	private listen(): void {
		let bytes: number[] = [], feed = "";
		const flush = (): void => {
			const console = Uint8Array.from(bytes), text = feed;
			bytes = [];
			feed = "";
			this.screen.write(console);
			this.watch.console(String.fromCharCode(...console));
			this.watch.feed(text);
		};
		const gather = (): void => {
			if (bytes.length + feed.length === 1)
				setTimeout(flush, 0);
			if (bytes.length > 16384)
				flush();
		};
		this.machine.add_listener("serial0-output-byte", (byte) => {
			bytes.push(byte);
			gather();
		});
		this.machine.add_listener("serial1-output-byte", (byte) => {
			feed += String.fromCharCode(byte);
			gather();
		});
		this.drop = () => {
			bytes = [];
			feed = "";
		};
	}

	private drop: () => void = () => {};

	private next<T>(what: () => Promise<T>): Promise<T> {
		const result = this.queue.then(what);
		this.queue = result.catch(() => undefined);
		return result;
	}

	// Ask the feed for all tasks.
	ask(): void {
		this.machine.serial_send_bytes(FEED, bytesOf(FEED_ASKS));
	}

	// Keys for the console.  If the tour waits for one, the machine is kept as it is, to go back to.
	type(text: string): Promise<void> {
		return this.next(async () => {
			if (this.watch.waits() && !this.asleep)
				await this.keep();
			this.machine.serial_send_bytes(CONSOLE, bytesOf(text));
		});
	}

	private async stopped<T>(what: () => Promise<T>): Promise<T> {
		await this.machine.stop();
		try {
			return await what();
		} finally {
			if (!this.asleep)
				await this.machine.run();
		}
	}

	private async keep(): Promise<void> {
		const state = await this.stopped(() => this.machine.save_state());
		if (this.pool.blocks > BLOCKS_MOST)
			return;
		this.steps.push({ entry: this.pool.encode(new Uint8Array(state)), shown: this.watch.shown() });
		this.steps = this.steps.slice(-STEPS);
		this.onSteps();
	}

	private async put(entry: Uint32Array, shown: Shown): Promise<void> {
		const state = this.pool.decode(entry);
		await this.stopped(async () => {
			this.drop();
			await this.machine.restore_state(state);
			this.watch.restore(shown);
			this.screen.replace(shown.text);
		});
		this.onRestore();
		this.ask();
	}

	get canGoBack(): boolean {
		return this.steps.length > 0;
	}

	// Put the machine back to where it was before the last key of the tour, or the last jump.
	back(): Promise<void> {
		return this.next(async () => {
			const step = this.steps.pop();
			if (step)
				await this.put(step.entry, step.shown);
			this.onSteps();
		});
	}

	jump(entry: Uint32Array, shown: Shown): Promise<void> {
		return this.next(async () => {
			await this.keep();
			await this.put(entry, shown);
		});
	}

	// The state as it is now.
	save(): Promise<{ entry: Uint32Array; shown: Shown }> {
		return this.next(async () => {
			const state = await this.stopped(() => this.machine.save_state());
			return { entry: this.pool.encode(new Uint8Array(state)), shown: this.watch.shown() };
		});
	}

	get sleeping(): boolean {
		return this.asleep;
	}

	sleep(asleep: boolean): Promise<void> {
		return this.next(async () => {
			this.asleep = asleep;
			if (asleep)
				await this.machine.stop();
			else
				await this.machine.run();
		});
	}
}
