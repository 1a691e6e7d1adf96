// SPDX-License-Identifier: GPL-2.0
// What the machine consists of.  A saved state fits only a machine of the very same parts: the page and the scripts
// that make its states take them from here.

import type { V86Options } from "v86";

const MB = 1024 * 1024;

export const machineOptions: V86Options = {
	// v86 puts the archive at 64 MiB, whatever the kernel needs.
	memory_size: 128 * MB,
	vga_memory_size: 2 * MB,
	uart1: true,
	disable_keyboard: true,
	disable_mouse: true,
	disable_speaker: true,
	autostart: false,
};

// Bytes for a port; a character is a byte of UTF-8.
export function bytesOf(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

export const CONSOLE = 0;
export const FEED = 1;

// What the feed answers with all tasks, and the tour with its screen and its events.
export const FEED_ASKS = "?";
export const REDRAW = "\f";

// The tour's last line on each screen: it waits for a key.
export const WAITS = /q: leave/;
