// SPDX-License-Identifier: GPL-2.0
// Put the page together: one file, with nothing to load.
// usage: page sources=FOLDER states=FOLDER script=PATH style=PATH packages=FOLDER sysroot=FOLDER seabios=VERSION
//             bzImage=PATH archive=PATH bios=PATH vgaBios=PATH wasm=PATH out=PATH
//
// `sources' has the page's own HTML and CSS, `states' what make/states.ts made, compressed by zstd; script and style
// are bundled; packages is node_modules; the licences of Debian's packages are in sysroot.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Place } from "../machine/place";
import { sum } from "../machine/sum";
import type { About, Build } from "../page/embedded";
import { filesFrom } from "./driver";
import { data, json, sha, text, writePage } from "./html";
import { licence, npm, own } from "./licences";

const files = filesFrom(process.argv.slice(2));
const path = (name: string): string => {
	const given = files[name];
	if (!given)
		throw new Error(`${name}=PATH is missing`);
	return given;
};
const base64 = (file: string): string => readFileSync(file).toString("base64");

// The kernel's release, as its header says: boot protocol, kernel_version.
function release(bzImage: string): string {
	const bytes = readFileSync(bzImage);
	const at = bytes.readUInt16LE(0x20e) + 0x200;
	return bytes.toString("latin1", at, bytes.indexOf(0, at)).split(" ")[0] ?? "";
}

function debianVersion(name: string): string {
	return files[name] ?? "";
}

function about(): About {
	const packages = path("packages");
	const doc = (name: string): string => text(`${path("sysroot")}/usr/share/doc/${name}/copyright`);
	return {
		files: ["bzImage", "archive", "bios", "vgaBios"].map((name) => ({
			name: basename(path(name)), bytes: readFileSync(path(name)).length,
			sha256: sha("sha256", readFileSync(path(name)), "hex"),
		})),
		parts: [
			{ name: "Linux", version: release(path("bzImage")), licence: "GPL-2.0 with the syscall note",
				source: "Debian's source package linux (linux-source-6.12), with the patches in kernel/patches of the project's "
					+ "tree, where kernel/config is, too. Who gave you this page gives you that tree.",
				text: licence("/usr/share/common-licenses/GPL-2") },
			own,
			{ name: "busybox", version: debianVersion("busybox"), licence: "GPL-2.0", text: doc("busybox-static"),
				source: "Debian's source package busybox, of that version." },
			{ name: "musl", version: debianVersion("musl"), licence: "MIT", text: doc("musl-dev"),
				source: "Debian's source package musl, of that version." },
			{ name: "SeaBIOS", version: debianVersion("seabios"), licence: "LGPL-3.0 (and GPL-3.0)",
				source: "Debian's source package seabios, of that version.",
				text: licence("/usr/share/common-licenses/LGPL-3") + licence("/usr/share/common-licenses/GPL-3") },
			npm(packages, "v86", "BSD-2-Clause; in it Berkeley SoftFloat and zstd, BSD-3-Clause"),
			npm(packages, "@xterm/xterm", "MIT"),
			npm(packages, "fzstd", "MIT"),
		],
	};
}

const states = path("states");
const places = JSON.parse(text(`${states}/places.json`)) as Place[];
// The parts that are compressed, by their elements' ids.
const packed = {
	base: "base.state", wasm: "v86.wasm", "places-shown": "places.json", "places-list": "places.list", "places-pool": "places.pool",
};
const build: Build = {
	build: sha("sha256", readFileSync(`${states}/base.state`), "hex"),
	sums: Object.fromEntries(Object.entries(packed).map(([id, file]) => [id, sum(new Uint8Array(readFileSync(`${states}/${file}`)))])),
};
const BYTES = "application/octet-stream";
writePage(path("out"), {
	kind: "own", sources: path("sources"), script: path("script"), style: path("style"),
	// The page's own parts, of which it is the address.
	connect: "data:", scripts: "'wasm-unsafe-eval'",
	data: [
		json("build", build),
		json("about-data", about()),
		data("first", BYTES, Buffer.from(JSON.stringify(places[0]?.shown)).toString("base64")),
		...Object.entries(packed).map(([id, file]) => data(id, BYTES, base64(`${states}/${file}.zst`))),
	],
});
