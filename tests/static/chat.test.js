import assert from "node:assert/strict";
import { test } from "node:test";
import { countWords, progressNote } from "../../static/chat/answer.js";
import { ending } from "../../static/chat/ending.js";

test("words are counted, one in the singular", () => {
  assert.equal(countWords(""), "0 words");
  assert.equal(countWords(" one\n"), "1 word");
  assert.equal(countWords("two\n\twords"), "2 words");
});

test("a note shows the duration from two seconds on", () => {
  assert.equal(progressNote("waiting", "Frog", 1), "Waiting for Frog…");
  assert.equal(progressNote("loading", "Frog", 2), "Frog is being loaded… 2 s");
  assert.equal(progressNote("generating", "Frog", 9), "Frog is writing…");
});

for (const reason of [null, "stop", "tool_calls", "function_call"]) {
  test(`an answer that ends with ${reason} is complete`, () => {
    assert.deepEqual(ending(reason, "2 words"), { state: "complete", note: "", status: "Answer complete: 2 words." });
  });
}

test("a stopped answer and a cut one differ", () => {
  assert.equal(ending("stopped", "1 word").note, "Stopped by you after 1 word.");
  assert.equal(ending("length", "1 word").state, "interrupted");
  assert.match(ending("length", "1 word").note, /it is not finished/);
  assert.match(ending("refusal", "1 word").note, /declined/);
  assert.match(ending("odd", "1 word").note, /Its reason: odd/);
});
