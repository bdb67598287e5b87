/*
 * Edits of a query: its cards, its SQL, its JSON, its dialect.
 *
 * The server checks each edit and renders the query again. A late response never replaces a newer
 * one, and none removes what was typed since. Text that is not checked stays, with a notice.
 */
import { at, flashStatus, setAlert, setStatus } from "../portal/dom.js";
import { errorText } from "./form.js";
import { post } from "./posting.js";
import { buttonsReleased, queryState, replaceQuery, texts } from "./query.js";

let number = 0; // of the latest edit
let pending = Promise.resolve(true); // resolves to whether the page shows the checked query
let checking = 0; // edits under way
let latest = ""; // what was edited last
let failed = null; // the edit that never reached the portal

const cards = () => [...at("query").querySelectorAll("[data-clause]")];
const EDITS = {
  clauses: () => ({ clauses: Object.fromEntries(cards().map((box) => [box.dataset.clause, box.value])) }),
  sql: () => ({ text: at("sql-text").value }),
  ir: () => ({ text: at("ir-text").value }),
};

/** The number of the latest edit: a response that belongs to an older one is dropped. */
export const editNumber = () => number;

/** Drop the responses to the edits under way: a new question was asked. */
export function dropEdits() {
  number++;
}

/** Forget all edits: another query is on the page. */
export function resetEdits() {
  dropEdits();
  pending = Promise.resolve(true);
  failed = null;
  latest = "";
}

/** Send what was edited. Resolves to whether it is valid. */
export function edit(what, payload = EDITS[what]()) {
  latest = what;
  pending = check(++number, what, payload);
  return pending;
}

async function check(mine, what, payload) {
  const sent = texts();
  const { schema, dialect, written, ir } = queryState();
  setAlert("");
  setStatus("Checking.");
  checking++;
  try {
    const response = await post("/workflow/edit", { what, schema, dialect, written, ir, ...payload });
    const { html, valid } = await response.json();
    await buttonsReleased();
    if (mine !== number) return false;
    showChecked(html, valid, what, sent);
    return valid;
  } catch (error) {
    if (mine === number) leaveUnchecked(error, what, payload);
    return false;
  } finally {
    checking--;
  }
}

function showChecked(html, valid, what, sent) {
  failed = null;
  replaceQuery(html, what, sent, () => edit("clauses"));
  if (valid) flashStatus("Checked.");
  else setStatus("That is not valid yet: see what is wrong.");
}

/** Write the query in another dialect, unless it is invalid: its text would be lost. */
export async function translate() {
  const target = at("target").value;
  if ((await settled()) || !(latest in EDITS)) return edit("dialect", { target });
  at("target").value = queryState().dialect;
  setAlert("Fix the query first. Then it can be written in another dialect.");
}

/** Apply the fix that an issue offers, unless the query has changed since. */
export async function applyFix(fix) {
  if (!checking && !failed) return edit("fix", { fix });
  await settled();
  setStatus("The query has changed since. See whether it still needs that.");
}

/** Wait for the edit under way, retry one that failed. Resolves to whether the query is valid. */
export async function settled() {
  if (failed) edit(failed.what, EDITS[failed.what]?.() ?? failed.payload);
  for (;;) {
    const last = pending;
    const valid = await last;
    if (last === pending) return valid;
  }
}

/** Leave the page as it is, and report that its parts differ. */
function leaveUnchecked(error, what, payload) {
  failed = { what, payload };
  if (what === "dialect") at("target").value = queryState().dialect;
  setStatus("");
  setAlert(errorText(error));
  const notice = at("unchecked");
  notice.firstElementChild.textContent = `Not checked: ${errorText(error)} The rest is of the query before your edit.`;
  notice.hidden = false;
}
