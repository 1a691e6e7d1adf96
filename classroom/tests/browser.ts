// SPDX-License-Identifier: GPL-2.0
// The built page in a browser without a network, opened from file://, as a person opens it.
// usage: browser page=PATH chromium=PATH pictures=FOLDER case=NAME

import assert from "node:assert/strict";
import { desk } from "./browser/desk";
import { browser, given, wrongs } from "./browser/harness";
import { qemu } from "./browser/qemu";
import { tour } from "./browser/tour";
import { trouble } from "./browser/trouble";

const name = given["case"] ?? "";
const run = { ...tour, ...desk, ...trouble, ...qemu }[name];
assert.ok(run, `there is no case ${name}`);
try {
	await run();
} catch (error) {
	// What there was to see, for who looks into it.
	for (const [i, page] of (await browser()).contexts().flatMap((context) => context.pages()).entries())
		await page.screenshot({ path: `${given["pictures"]}/failed-${name}-${i}.png` });
	throw error;
}
await (await browser()).close();
assert.deepEqual(wrongs, []);
