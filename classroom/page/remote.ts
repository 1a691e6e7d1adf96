// SPDX-License-Identifier: GPL-2.0
// A machine in QEMU: its two serial lines as websockets on this computer's loopback.

import { FEED_ASKS, REDRAW, bytesOf } from "../machine/options";
import { Watch } from "../machine/place";
import type { Listener } from "../feed/reader";
import type { Screen } from "./computer";
import type { Machine } from "./view";

export interface Ports {
	console: number;
	feed: number;
}

// QEMU takes one page at a time; the next one's connection is accepted by the system, and nobody answers.
const PATIENCE_MS = 10_000;

// QEMU (7.2) loses what comes on a websocket while the serial port, which takes eight bytes at once, has not been read.
// So a longer text goes byte by byte, the next one when the machine has said something, as it does by its echo, or after
// this time, if nothing is echoed.  A key's sequence of bytes must not be parted.
const AT_ONCE = 8;
const ECHO_MS = 200;

export class Remote implements Machine {
	readonly watch: Watch;
	private console: WebSocket | undefined;
	private feed: WebSocket | undefined;
	private typed: Promise<void> = Promise.resolve();
	private heard: () => void = () => {};
	// Called when the machine has gone, once for each connect() that had succeeded.
	onGone: () => void = () => {};

	constructor(private readonly ports: Ports, private readonly screen: Screen, listener: Listener) {
		this.watch = new Watch(listener);
	}

	// Both lines, or an error.  The machine may have run for a while: it is asked for what it shows now.
	async connect(): Promise<void> {
		this.close();
		try {
			this.console = await this.line(this.ports.console, (bytes) => {
				this.screen.write(bytes);
				this.watch.console(latin1(bytes));
				this.heard();
			});
			this.feed = await this.line(this.ports.feed, (bytes) => this.watch.feed(latin1(bytes)));
		} catch (error) {
			this.close();
			throw error;
		}
		this.ask();
		this.type(REDRAW).catch(() => undefined);
	}

	private line(port: number, heard: (bytes: Uint8Array) => void): Promise<WebSocket> {
		return new Promise((resolve, reject) => {
			const socket = new WebSocket(`ws://127.0.0.1:${port}`, ["binary"]);
			const timer = setTimeout(() => {
				socket.close();
				reject(new Error("the machine does not answer; another page may be connected to it, in another tab or window"));
			}, PATIENCE_MS);
			let open = false;
			socket.binaryType = "arraybuffer";
			socket.onopen = () => {
				open = true;
				clearTimeout(timer);
				resolve(socket);
			};
			socket.onmessage = ({ data }) => heard(new Uint8Array(data as ArrayBuffer));
			socket.onclose = () => {
				clearTimeout(timer);
				reject(new Error("there is no machine; it has not been started, or has ended"));
				// Not if this page has closed it.
				if (open && (socket === this.console || socket === this.feed))
					this.gone();
			};
		});
	}

	private gone(): void {
		this.close();
		this.onGone();
	}

	private close(): void {
		const sockets = [this.console, this.feed];
		this.console = this.feed = undefined;
		sockets.forEach((socket) => socket?.close());
	}

	type(text: string): Promise<void> {
		const all = bytesOf(text), result = this.typed.then(async () => {
			const size = all.length > AT_ONCE ? 1 : AT_ONCE;
			for (let at = 0; at < all.length; at += size)
				await this.send(all.subarray(at, at + size));
		});
		this.typed = result.catch(() => undefined);
		return result;
	}

	private send(piece: Uint8Array): Promise<void> {
		if (this.console?.readyState !== WebSocket.OPEN)
			return Promise.reject(new Error("the machine is not connected"));
		this.console.send(piece.slice());
		return new Promise((resolve) => {
			this.heard = resolve;
			setTimeout(resolve, ECHO_MS);
		});
	}

	ask(): void {
		this.feed?.send(bytesOf(FEED_ASKS));
	}
}

function latin1(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes);
}
