import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ago } from "../../static/portal/ages.js";

const NOW = 1_800_000_000;
const CASES = JSON.parse(readFileSync(new URL("ages.json", import.meta.url)));

for (const [age, words] of CASES) {
  test(`${age} s: ${words}`, () => assert.equal(ago(NOW - age, NOW), words));
}
