import assert from "node:assert/strict";
import { test } from "node:test";
import { events } from "../../static/workflow/events.js";
import { Edits } from "../../static/workflow/order.js";
import { Refusal, refusal } from "../../static/workflow/posting.js";
import { progressText, schemaLines } from "../../static/workflow/progress.js";
import { survives, withWord } from "../../static/workflow/typed.js";

/** Return a response whose body comes in these pieces. */
function responseOf(...pieces) {
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  return new Response(body);
}

async function read(...pieces) {
  const values = [];
  for await (const value of events(responseOf(...pieces))) values.push(value);
  return values;
}

const BYTES = new TextEncoder().encode('data: {"a": "é"}\n\n: keep-alive\n\ndata: [2]\n\ndata: "cut');

test("an event after a heartbeat is read: a comment without a blank line", async () => {
  const beats = new TextEncoder().encode(': waiting\n: waiting\ndata: {"a": 1}\n\n: waiting\ndata: [2]\n\n');
  for (let at = 0; at <= beats.length; at++) {
    assert.deepEqual(await read(beats.slice(0, at), beats.slice(at)), [{ a: 1 }, [2]], `split at ${at}`);
  }
});

test("events are read wherever their bytes are split", async () => {
  for (let at = 0; at <= BYTES.length; at++) {
    assert.deepEqual(await read(BYTES.slice(0, at), BYTES.slice(at)), [{ a: "é" }, [2]], `split at ${at}`);
  }
});

test("an event that is not JSON raises", async () => {
  await assert.rejects(read(new TextEncoder().encode("data: {\n\n")), SyntaxError);
});

const BOX = { value: "typed", defaultValue: "checked", sent: "typed" };
for (const [id, what, texts, expected] of [
  ["sql-text", "sql", BOX, false], // it was sent
  ["sql-text", "sql", { ...BOX, sent: "ty" }, true], // typed since
  ["sql-text", "clauses", BOX, true], // not sent
  ["sql-text", "clauses", { ...BOX, defaultValue: "typed" }, false], // nothing was typed
  ["ir-text", "fix", BOX, true],
  ["clause-where", "clauses", BOX, false],
  ["clause-where", "sql", BOX, false], // cards are sent when they change
  ["clause-where", "sql", { ...BOX, sent: "ty" }, true],
]) {
  test(`after ${what}, ${id} ${expected ? "survives" : "is replaced"}: ${JSON.stringify(texts)}`, () => {
    assert.equal(survives(id, what, texts), expected);
  });
}

test("progress names the model's part and a second attempt", () => {
  assert.equal(progressText({ role: "sql", step: "ask", attempt: 1 }), "The model that writes SQL is being asked.");
  assert.match(progressText({ role: "chat", step: "check", attempt: 2 }), /being checked \(attempt 2\)\.$/);
});

test("a schema is its tables, then its issues with their lines", () => {
  const tables = [
    { name: "t", columns: [1, 2] },
    { name: "u", columns: [1] },
  ];
  const issues = [{ line: 3, message: "No type." }, { message: "Empty." }];
  assert.deepEqual(schemaLines({ tables, issues }), [
    "Tables: t (2 columns), u (1 column).",
    "Line 3: No type.",
    "Empty.",
  ]);
  assert.deepEqual(schemaLines({ tables: [], issues: [] }), []);
});

test("a refusal has the portal's words, and for a fault the request's ID", () => {
  assert.equal(refusal(400, { message: "No.", code: "bad", request_id: "r" }).message, "No.");
  assert.equal(refusal(500, { message: "Oh.", request_id: "r" }).message, "Oh. (request r)");
  assert.match(refusal(401, { message: "No." }).message, /signed out/);
  assert.equal(refusal(502).message, "The portal answered 502. Try again.");
  assert.ok(refusal(502) instanceof Refusal);
});

/** A page whose requests the test answers, in any order. */
function createPage() {
  const requests = [];
  const log = [];
  const edits = new Edits({
    payload: (what) => (what === "dialect" ? undefined : { text: `text ${requests.length}` }),
    send: (what, payload) => new Promise((answer, fail) => requests.push({ what, payload, answer, fail })),
    show: (response, what) => log.push(`${what}: ${response.name}`),
    leave: (error, what) => log.push(`${what}: ${error.message}`),
  });
  return { edits, requests, log };
}

test("a late response never replaces a newer one", async () => {
  const { edits, requests, log } = createPage();
  const first = edits.edit("clauses");
  const second = edits.edit("sql");
  requests[1].answer({ name: "second", valid: true });
  requests[0].answer({ name: "first", valid: true });
  assert.deepEqual([await first, await second], [false, true]);
  assert.deepEqual(log, ["sql: second"]);
});

test("an edit after a dialect was chosen keeps the dialect", async () => {
  const { edits, requests, log } = createPage();
  edits.edit("dialect", { target: "tsql" });
  const card = edits.edit("clauses");
  requests[1].answer({ name: "card", valid: true });
  requests[0].answer({ name: "too late", valid: true });
  await new Promise(setImmediate);
  assert.deepEqual([requests[2]?.what, requests[2]?.payload], ["dialect", { target: "tsql" }]);
  requests[2].answer({ name: "written again", valid: true });
  assert.equal(await card, true);
  assert.deepEqual(log, ["clauses: card", "dialect: written again"]);
});

test("a dialect is not written while the edit after it is invalid", async () => {
  const { edits, requests } = createPage();
  edits.edit("dialect", { target: "tsql" });
  const card = edits.edit("clauses");
  requests[1].answer({ name: "card", valid: false });
  assert.equal(await card, false);
  assert.equal(requests.length, 2);
});

test("waiting for an edit includes the edits after it", async () => {
  const { edits, requests } = createPage();
  edits.edit("clauses");
  const settled = edits.settled();
  edits.edit("sql");
  requests[0].answer({ valid: true });
  requests[1].answer({ valid: false });
  assert.equal(await settled, false);
  assert.equal(edits.checking, 0);
});

test("an edit that failed is sent again with the current text", async () => {
  const { edits, requests, log } = createPage();
  const first = edits.edit("sql");
  requests[0].fail(new Error("offline"));
  assert.equal(await first, false);
  const settled = edits.settled();
  assert.deepEqual(requests[1].payload, { text: "text 1" });
  requests[1].answer({ name: "again", valid: true });
  assert.equal(await settled, true);
  assert.deepEqual(log, ["sql: offline", "sql: again"]);
  assert.equal(edits.failed, null);
});

test("a change of the dialect that failed is sent again as it was", async () => {
  const { edits, requests } = createPage();
  const first = edits.edit("dialect", { target: "tsql" });
  requests[0].fail(new Error("offline"));
  await first;
  edits.settled();
  assert.deepEqual(requests[1].payload, { target: "tsql" });
});

for (const outcome of ["answer", "fail"]) {
  test(`after another question, the edits before it change nothing (${outcome})`, async () => {
    const { edits, requests, log } = createPage();
    const late = edits.edit("sql");
    edits.reset();
    assert.equal(await edits.settled(), true);
    requests[0][outcome](Object.assign(new Error("late"), { valid: true }));
    assert.equal(await late, false);
    assert.deepEqual(log, []);
    assert.equal(edits.failed, null);
  });
}

test("a name is replaced where it is a whole word, whatever its characters", () => {
  assert.equal(
    withWord("o.statuss = 'statusss' AND statuss > 1", "statuss", "status"),
    "o.status = 'statusss' AND status > 1",
  );
  assert.equal(withWord("a.b + axb", "a.b", "$&"), "$& + axb");
});
