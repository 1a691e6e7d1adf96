// SPDX-License-Identifier: GPL-2.0
// A sum by which the page notices that a part of it is not what the build put there; against accidents only.

export function sum(bytes: Uint8Array): number {
	const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
	let h = bytes.length;
	for (let i = 0; i < words.length; i++)
		h = Math.imul(h ^ words[i]!, 0x9e3779b1) ^ (h >>> 13);
	for (let i = words.length * 4; i < bytes.length; i++)
		h = Math.imul(h ^ bytes[i]!, 0x9e3779b1) ^ (h >>> 13);
	return h >>> 0;
}
