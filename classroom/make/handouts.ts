// SPDX-License-Identifier: GPL-2.0
// The sheets on paper, as files.
// usage: handouts states=FOLDER out=FOLDER

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { SHEET_STYLE, studentSheet, teacherSheet } from "../lesson/handouts";
import type { Place } from "../machine/place";

const given = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2))) as Record<string, string>;
const places = JSON.parse(readFileSync(`${given["states"]}/places.json`, "utf8")) as Place[];
const out = given["out"] ?? ".";
mkdirSync(out, { recursive: true });
for (const [name, title, sheet] of [["students", "My pid tables", studentSheet], ["teacher", "The teacher's sheet", teacherSheet]] as const)
	writeFileSync(`${out}/${name}.html`, `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>`
		+ `<style>${SHEET_STYLE}</style><body class="sheet">${sheet(places)}</body></html>\n`);
