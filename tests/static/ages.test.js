import assert from "node:assert/strict";
import { test } from "node:test";
import { ago } from "../../static/portal/ages.js";

const NOW = 1_800_000_000;

for (const [age, words] of [
  [-5, "just now"], // the clock of another worker
  [0.9, "just now"],
  [1, "1 second ago"],
  [3.9, "3 seconds ago"],
  [59, "59 seconds ago"],
  [60, "1 minute ago"],
  [3599, "59 minutes ago"],
  [3600, "1 hour ago"],
  [172_799, "1 day ago"],
  [172_800, "2 days ago"],
]) {
  test(`${age} s: ${words}`, () => assert.equal(ago(NOW - age, NOW), words));
}
