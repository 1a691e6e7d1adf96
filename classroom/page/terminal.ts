// SPDX-License-Identifier: GPL-2.0
// The console's screen: 80 columns and 25 rows, as large as its place allows.

import { Terminal } from "@xterm/xterm";
import type { Screen } from "./computer";

const COLUMNS = 80;
const ROWS = 25;
const LEAST = 6;
const MOST = 48;
// Closer lines than this cut underscores off.
const CLOSE = 1.15;
const WIDE = 1.5;
const PADDING = 10;

export class ConsoleScreen implements Screen {
	readonly terminal: Terminal;
	constructor(private readonly place: HTMLElement, onKeys: (text: string) => void, leave: () => void) {
		this.terminal = new Terminal({
			cols: COLUMNS,
			rows: ROWS,
			fontFamily: '"DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace',
			fontSize: 14,
			lineHeight: CLOSE,
			cursorBlink: false,
			scrollback: 1000,
			screenReaderMode: true,
			minimumContrastRatio: 4.5,
			theme: {
				background: "#12202f", foreground: "#eef2f6", cursor: "#ffd166",
				cyan: "#7fd4e8", brightCyan: "#7fd4e8", green: "#8fdc8f", brightGreen: "#8fdc8f",
				red: "#ff8f87", brightRed: "#ff8f87", yellow: "#ffd166", brightYellow: "#ffd166",
			},
		});
		this.terminal.open(place);
		this.terminal.textarea?.setAttribute("aria-label", "Keyboard of the machine; F6 leaves it");
		this.terminal.onData(onKeys);
		// Tab is the shell's; F6 is the way out for those who have no mouse.
		this.terminal.attachCustomKeyEventHandler((event) => {
			if (event.key !== "F6")
				return true;
			if (event.type === "keydown")
				leave();
			event.preventDefault();
			return false;
		});
	}

	write(bytes: Uint8Array): void {
		if (bytes.length)
			this.terminal.write(bytes);
	}

	replace(text: string): void {
		this.terminal.reset();
		this.terminal.write(Uint8Array.from(text, (c) => c.charCodeAt(0)));
	}

	// The largest type with which all columns and rows fit; what is left of the height goes between the lines.
	fit(): void {
		const box = this.terminal.element?.querySelector(".xterm-screen")?.getBoundingClientRect();
		const { fontSize = 14, lineHeight = 1 } = this.terminal.options;
		const { clientWidth: width, clientHeight: height } = this.place;
		if (!box?.width || !width)
			return;
		const columns = width - PADDING, rows = height - PADDING;
		const tight = box.height / lineHeight * CLOSE;
		const size = Math.max(LEAST, Math.min(MOST, Math.floor(Math.min(columns / box.width, rows / tight) * fontSize * 4) / 4));
		const line = Math.min(WIDE, Math.max(CLOSE, Math.floor(rows / (box.height / lineHeight * size / fontSize) * 100) / 100));
		if (size !== fontSize)
			this.terminal.options.fontSize = size;
		if (Math.abs(line - lineHeight) > 0.02)
			this.terminal.options.lineHeight = line;
		requestAnimationFrame(() => this.shrink());
	}

	// Rows have whole pixels, so that all of them may be a little more than was reckoned.
	private shrink(): void {
		const box = this.terminal.element?.querySelector(".xterm-screen")?.getBoundingClientRect();
		const { fontSize = 14, lineHeight = 1 } = this.terminal.options;
		if (!box || (box.height <= this.place.clientHeight - PADDING && box.width <= this.place.clientWidth - PADDING))
			return;
		if (lineHeight > CLOSE)
			this.terminal.options.lineHeight = Math.max(CLOSE, lineHeight - 0.05);
		else if (fontSize > LEAST)
			this.terminal.options.fontSize = fontSize - 0.25;
		else
			return;
		requestAnimationFrame(() => this.shrink());
	}
}
