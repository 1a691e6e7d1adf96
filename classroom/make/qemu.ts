// SPDX-License-Identifier: GPL-2.0
// Put the page together that looks at a machine in QEMU.  The two ports stay to be filled in, for @CONSOLE@ and @FEED@,
// by who starts the machine.
// usage: qemu sources=FOLDER script=PATH style=PATH packages=FOLDER out=PATH

import type { About } from "../page/embedded";
import { data, json, writePage } from "./html";
import { npm, own } from "./licences";

const given = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s).slice(0, 2))) as Record<string, string>;
const about: About = { files: [], parts: [own, npm(given["packages"] ?? "", "@xterm/xterm", "MIT")] };

writePage(given["out"] ?? "", {
	kind: "remote", sources: given["sources"] ?? "", script: given["script"] ?? "", style: given["style"] ?? "",
	connect: "ws://127.0.0.1:@CONSOLE@ ws://127.0.0.1:@FEED@",
	data: [json("about-data", about), data("ports", "application/json", '{"console":@CONSOLE@,"feed":@FEED@}')],
});
