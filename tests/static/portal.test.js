import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts } from "../../static/portal/drafts.js";
import { reloadDelays, retryDelay } from "../../static/portal/socket.js";

test("delays double up to half a minute, and spread by a third", () => {
  assert.equal(retryDelay(0, 0.5), 0.5);
  assert.equal(retryDelay(3, 0.5), 4);
  assert.equal(retryDelay(50, 0.5), 30);
  assert.ok(retryDelay(50, 0) >= 20.9 && retryDelay(50, 0.999) <= 39.1);
});

test("pages spread their two reloads over the time that the portal sent", () => {
  assert.deepEqual(reloadDelays(8, 0.5), [4, 6]);
  assert.deepEqual(reloadDelays(undefined, 0.5), [0.15, 2.15]);
});

/** A storage with the methods that browsers give sessionStorage. */
function createStorage() {
  const items = new Map();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  };
}

test("a draft is kept per user and conversation", () => {
  const storage = createStorage();
  const drafts = new Drafts("7", () => storage);
  drafts.save("1", { text: "Why", edited: { id: 3 } });
  assert.deepEqual(drafts.load("1"), { text: "Why", edited: { id: 3 } });
  assert.deepEqual(drafts.load("2"), {});
  assert.deepEqual(new Drafts("8", () => storage).load("1"), {});
});

test("an empty draft removes the one before", () => {
  const storage = createStorage();
  const drafts = new Drafts("7", () => storage);
  drafts.save("1", { text: "Why" });
  drafts.save("1", { text: "" });
  assert.equal(storage.items.size, 0);
});

test("drafts do nothing if the browser forbids the storage", () => {
  const drafts = new Drafts("7", () => {
    throw new DOMException("denied", "SecurityError");
  });
  drafts.save("1", { text: "Why" });
  assert.deepEqual(drafts.load("1"), {});
  drafts.clear();
});
