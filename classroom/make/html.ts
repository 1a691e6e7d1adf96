// SPDX-License-Identifier: GPL-2.0
// One file of HTML with nothing to load: styles, scripts and data in it, and a policy that forbids all else.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

export const text = (file: string): string => readFileSync(file, "utf8");
export const sha = (algorithm: string, data: string | Buffer, form: "hex" | "base64"): string =>
	createHash(algorithm).update(data).digest(form);

// What a script element holds ends at the first `</': there is none in base64, and none may be in JSON.
export function data(id: string, type: string, content: string): string {
	return `<script type="${type}" id="${id}">${content.replace(/</g, "\\u003c")}</script>`;
}

export const json = (id: string, content: unknown): string => data(id, "application/json", JSON.stringify(content));

export interface Parts {
	// A class of the body, by which its style shows what this page has.
	kind: string;
	// The page's own HTML, CSS and script for old browsers.
	sources: string;
	script: string;
	style: string;
	// To what it may connect, and what its scripts may do beside running.
	connect: string;
	scripts?: string;
	data: string[];
}

export function writePage(out: string, { kind, sources, script, style, connect, scripts = "", data: elements }: Parts): void {
	const early = text(`${sources}/early.js`), own = text(script);
	const policy = [
		"default-src 'none'",
		`script-src ${[early, own].map((s) => `'sha256-${sha("sha256", s, "base64")}'`).join(" ")} ${scripts}`.trim(),
		// xterm.js makes its rules while it runs.
		"style-src 'unsafe-inline'",
		`connect-src ${connect}`, "img-src data:", "worker-src blob:", "base-uri 'none'", "form-action 'none'",
	].join("; ");
	const parts: Record<string, string> = {
		CSP: policy, KIND: kind, STYLE: text(style), EARLY: early, SCRIPT: own, DATA: elements.join("\n"),
	};
	writeFileSync(out, text(`${sources}/index.html`).replace(/@([A-Z]+)@/g, (_, name: string) => {
		const part = parts[name];
		if (part === undefined)
			throw new Error(`nothing to put for @${name}@`);
		return part;
	}));
}
