/*
 * Edits of an answer: its cards, its SQL, its JSON, its dialect; running it, and copying it.
 *
 * The server checks each edit and shows the query anew. A late answer never replaces a newer one,
 * and no answer takes away what was typed since: at worst the text stands there unchecked, and a
 * notice says so.
 */
"use strict";

const BOXES = { clauses: "clause-", sql: "sql-text", ir: "ir-text" }; // what an edit sends, by ID
let edits = 0;
let pending = Promise.resolve(true); // becomes whether what is shown is what was checked
let checking = 0; // edits under way
let latest = ""; // what was edited last
let failed = null; // the edit that never reached the portal
let released = Promise.resolve(); // when no button is pressed: replacing it would swallow its click
let replacing = false;

const state = () => JSON.parse(at("result-state").textContent);
const texts = () => new Map([...at("query").querySelectorAll("textarea")].map((box) => [box.id, box]));
const EDITS = {
  clauses: () => ({ clauses: Object.fromEntries([...at("query").querySelectorAll("[data-clause]")].map((box) => [box.dataset.clause, box.value])) }),
  sql: () => ({ text: at("sql-text").value }),
  ir: () => ({ text: at("ir-text").value }),
};

/** Send what was edited. Returns whether it is valid, once that is known. */
function edit(what, more = EDITS[what]()) {
  latest = what;
  pending = judge(++edits, what, more);
  return pending;
}

async function judge(mine, what, more) {
  const sent = new Map([...texts()].map(([id, box]) => [id, box.value]));
  const { schema, dialect, written, ir } = state();
  alarm("");
  status("Checking.");
  checking++;
  try {
    const answer = await (await post("/workflow/edit", { what, schema, dialect, written, ir, ...more })).json();
    await released;
    if (mine !== edits) return false;
    failed = null;
    replace(answer.html, what, sent);
    if (answer.valid) done("Checked.");
    else status("That is not valid yet: see what is wrong.");
    return answer.valid;
  } catch (error) {
    if (mine === edits) leaveUnchecked(error, what, more);
    return false;
  } finally {
    checking--;
  }
}

/** Write the query in another dialect. What was typed and is wrong would be lost: it comes first. */
async function translate() {
  const target = at("target").value;
  if ((await settled()) || !(latest in EDITS)) return edit("dialect", { target });
  at("target").value = state().dialect;
  alarm("Mend the query first. Then it can be written in another dialect.");
}

/** Mend the query as an issue offers, unless it has changed since. */
async function mend(fix) {
  if (!checking && !failed) return edit("fix", { fix });
  await settled();
  status("The query has changed since. See whether it still needs that.");
}

/** Wait for the edit that is under way, or that failed. Returns whether the query is as shown. */
async function settled() {
  if (failed) edit(failed.what, EDITS[failed.what]?.() ?? failed.more);
  for (;;) {
    const last = pending;
    const valid = await last;
    if (last === pending) return valid;
  }
}

/** Leave the page as it is, and say that its parts differ. */
function leaveUnchecked(error, what, more) {
  failed = { what, more };
  if (what === "dialect") at("target").value = state().dialect;
  status("");
  alarm(words(error));
  const notice = at("unchecked");
  notice.firstElementChild.textContent = `Not checked: ${words(error)} The rest is of the query before your edit.`;
  notice.hidden = false;
}

// ── Showing the query anew ───────────────────────────────────────────────────────────────────

/** Show the checked query. What was typed since it was sent stays, as do open boxes and the focus. */
function replace(html, what, sent) {
  const active = document.activeElement?.id;
  const caret = document.activeElement?.selectionStart ?? null;
  const before = texts();
  const open = [...at("query").querySelectorAll("details[open]")].map((one) => one.id);
  const box = at("sql-box") && !at("sql-box").hidden && what !== "sql";
  const rows = at("rows");
  replacing = true;
  at("query").innerHTML = html;
  replacing = false;
  for (const id of open) if (id && at(id)) at(id).open = true;
  if (box) openBox(true);
  for (const [id, old] of before) restore(id, old, what, sent, id === active);
  if (what === "dialect" && rows && at("rows")) at("rows").replaceWith(rows);
  if (!active || !at(active)) return;
  at(active).focus({ preventScroll: true });
  if (caret !== null) at(active).setSelectionRange(caret, caret);
}

/** Put back what was typed in a box and is not in what was checked. */
function restore(id, old, what, sent, active) {
  const box = at(id);
  if (!box) return;
  const card = id.startsWith(BOXES.clauses);
  const covered = BOXES[what] && id.startsWith(BOXES[what]);
  const since = old.value !== sent.get(id);
  if (!(since || (!covered && !card && old.value !== old.defaultValue))) {
    if (id === BOXES.sql && !box.value && what !== "sql") box.value = old.value; // there is no new one
    return;
  }
  box.value = old.value;
  if (id === BOXES.sql) openBox(true);
  if (id === BOXES.ir) at("json").open = true;
  if (card && active) box.addEventListener("blur", () => replacing || box.value === box.defaultValue || edit("clauses"), { once: true });
  else if (card) edit("clauses");
}

function openBox(open) {
  if (!at("sql-box")) return;
  at("sql-box").hidden = !open;
  at("edit-sql").setAttribute("aria-expanded", String(open));
}

// ── Running and copying ──────────────────────────────────────────────────────────────────────

let csv = ""; // of the last run

async function run() {
  const valid = await settled();
  const button = at("run");
  if (!valid || !button) return status("It was not run: the query is not valid, or was not checked.");
  const mine = edits;
  alarm("");
  button.disabled = true;
  status("Running.");
  try {
    const found = await (await post("/workflow/run", { source: button.dataset.source, ir: state().ir })).json();
    if (mine !== edits) return status("The query has changed since. Run it again.");
    csv = found.csv;
    at("rows").innerHTML = found.html;
    done("Done.");
    reveal(at("rows"));
  } catch (error) {
    if (mine !== edits) return;
    at("rows").innerHTML = "";
    status("");
    say(error);
  } finally {
    button.disabled = false;
  }
}

async function copySQL() {
  if (!(await settled())) return status("It was not copied: the query is not valid, or was not checked.");
  try {
    await navigator.clipboard.writeText(at("sql").textContent);
    done("Copied.");
  } catch {
    getSelection().selectAllChildren(at("sql"));
    status("It is selected: copy it with Ctrl+C.");
  }
}

function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  link.download = "rows.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// ── Clicks and keys ──────────────────────────────────────────────────────────────────────────

const CLICKS = {
  run,
  csv: download,
  copy: copySQL,
  again: settled,
  "apply-sql": () => edit("sql"),
  "apply-ir": () => edit("ir"),
  "edit-sql": () => {
    openBox(at("sql-box").hidden);
    if (!at("sql-box").hidden) at("sql-text").focus();
  },
};

result.addEventListener("click", ({ target }) => {
  CLICKS[target.id]?.();
  if (target.dataset.fix) mend(JSON.parse(target.dataset.fix));
});
result.addEventListener("change", ({ target }) => {
  if (target.dataset.clause) edit("clauses");
  if (target.id === "target" && state().ir) translate();
});
result.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const what = event.target.dataset.clause ? "clauses" : { "sql-text": "sql", "ir-text": "ir" }[event.target.id];
  if (!what) return;
  event.preventDefault();
  edit(what);
});
result.addEventListener("pointerdown", ({ target }) => {
  if (!target.closest("button")) return; // lists that open swallow their end
  released = new Promise((done) => {
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => setTimeout(done), { once: true });
  });
});
