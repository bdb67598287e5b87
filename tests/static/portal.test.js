import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts } from "../../static/portal/drafts.js";
import { retryDelay } from "../../static/portal/socket.js";

test("delays double up to half a minute, and spread by a third", () => {
  assert.equal(retryDelay(0, 0.5), 0.5);
  assert.equal(retryDelay(3, 0.5), 4);
  assert.equal(retryDelay(50, 0.5), 30);
  assert.ok(retryDelay(50, 0) >= 20.9 && retryDelay(50, 0.999) <= 39.1);
});

test("drafts do nothing where the browser has no storage", () => {
  const drafts = new Drafts("7");
  drafts.save("1", { text: "Why" });
  assert.deepEqual(drafts.load("1"), {});
  drafts.clear();
});
