// SPDX-License-Identifier: GPL-2.0
// Whose work is in the pages, with licences, and where the sources are.

import { existsSync } from "node:fs";
import type { About } from "../page/embedded";
import { text } from "./html";

type Part = About["parts"][number];

export const own: Part = { name: "The lesson, the tools and this page", version: "", licence: "GPL-2.0",
	source: "The project's tree: lib, cr, tools, demo, initramfs, classroom. Who gave you this page gives you that tree.", text: "" };

// A package of node_modules, the folder `packages`.
export function npm(packages: string, name: string, words: string): Part {
	const { version } = JSON.parse(text(`${packages}/${name}/package.json`)) as { version: string };
	return { name, version, licence: words, text: text(`${packages}/${name}/LICENSE`), source: `The npm package ${name}, version ${version}.` };
}

export function licence(file: string): string {
	return existsSync(file) ? text(file) : "";
}
