// SPDX-License-Identifier: GPL-2.0
// The machine in Node: boots the image, reads its serial lines, types.

import { readFileSync } from "node:fs";
import { V86 } from "v86";
import { CONSOLE, FEED, bytesOf, machineOptions } from "../machine/options";

export interface Files {
	bzImage: string;
	archive: string;
	bios: string;
	vgaBios: string;
	wasm: string;
}

// The bytes of a file, in a buffer of their own.
export function buffer(path: string): ArrayBuffer {
	const bytes = readFileSync(path);
	return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

type Listen = (port: number, text: string) => void;

export class Driver {
	private readonly listeners: Listen[] = [];
	private waiter: (() => void) | undefined;

	private constructor(readonly machine: V86) {
		machine.add_listener("serial0-output-byte", (byte) => this.heard(CONSOLE, byte));
		machine.add_listener("serial1-output-byte", (byte) => this.heard(FEED, byte));
	}

	static async boot(files: Files, cmdline: string): Promise<Driver> {
		const wasm = buffer(files.wasm);
		const machine = new V86({
			...machineOptions,
			bios: { buffer: buffer(files.bios) },
			vga_bios: { buffer: buffer(files.vgaBios) },
			wasm_fn: async (imports) => (await WebAssembly.instantiate(wasm, imports)).instance.exports,
			bzimage: { buffer: buffer(files.bzImage) },
			initrd: { buffer: buffer(files.archive) },
			cmdline,
		});
		const driver = new Driver(machine);
		await new Promise<void>((resolve) => machine.add_listener("emulator-loaded", () => resolve()));
		await machine.run();
		return driver;
	}

	listen(listener: Listen): void {
		this.listeners.push(listener);
	}

	private heard(port: number, byte: number): void {
		for (const listener of this.listeners)
			listener(port, String.fromCharCode(byte));
		this.waiter?.();
	}

	// Wait until it is true, which only what a port says can change.
	until(isTrue: () => boolean, what: string, seconds: number): Promise<void> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.waiter = undefined;
				reject(new Error(`${what} has not come within ${seconds} s`));
			}, seconds * 1000);
			this.waiter = () => {
				if (!isTrue())
					return;
				clearTimeout(timer);
				this.waiter = undefined;
				resolve();
			};
			this.waiter();
		});
	}

	type(port: number, text: string): void {
		this.machine.serial_send_bytes(port, bytesOf(text));
	}
}

// The files by name, from the command line: bzImage=PATH archive=PATH ...
export function filesFrom(words: string[]): Files & Record<string, string> {
	const given: Record<string, string> = Object.fromEntries(words.map((word) => word.split(/=(.*)/s).slice(0, 2)));
	for (const name of ["bzImage", "archive", "bios", "vgaBios", "wasm"])
		if (!given[name])
			throw new Error(`${name}=PATH is missing`);
	return given as unknown as Files & Record<string, string>;
}
