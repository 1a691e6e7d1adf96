// SPDX-License-Identifier: GPL-2.0
// Boot the image under v86 and let it run the whole tour: does it come to `demo: ok'?
// usage: auto bzImage=PATH archive=PATH bios=PATH vgaBios=PATH wasm=PATH

import { CONSOLE } from "../machine/options";
import { Driver, filesFrom } from "./driver";

const SECONDS = 900;

const started = Date.now();
const driver = await Driver.boot(filesFrom(process.argv.slice(2)), "console=ttyS0,115200 quiet mode=auto panic=-1");
let said = "";
driver.listen((port, text) => said += port === CONSOLE ? text : "");
const verdict = (): string | undefined => /demo: (ok|FAILED.*)(?=\r?\n)/.exec(said)?.[0];
await driver.until(() => verdict() !== undefined, "the verdict", SECONDS).catch((error: Error) => {
	console.log(`${error.message}; the end of what was said:\n${said.slice(-2000)}`);
	process.exit(1);
});
console.log(`${verdict()} after ${((Date.now() - started) / 1000).toFixed(1)} s under v86`);
process.exit(verdict() === "demo: ok" ? 0 : 1);
