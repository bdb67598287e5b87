/*
 * Edits of a query: its cards, its SQL, its JSON, its dialect.
 *
 * The server checks each edit and renders the query again. No response removes what was typed since
 * the edit was sent. Text that is not checked stays, with a notice.
 */
import { at, flashStatus, setAlert, setStatus } from "../portal/dom.js";
import { errorText } from "./form.js";
import { Edits } from "./order.js";
import { post } from "./posting.js";
import { buttonsReleased, queryState, replaceQuery, texts } from "./query.js";

const cards = () => [...at("query").querySelectorAll("[data-clause]")];
const PAYLOADS = {
  clauses: () => ({ clauses: Object.fromEntries(cards().map((box) => [box.dataset.clause, box.value])) }),
  sql: () => ({ text: at("sql-text").value }),
  ir: () => ({ text: at("ir-text").value }),
};

export const edits = new Edits({ payload: (what) => PAYLOADS[what]?.(), send, show, leave });

async function send(what, payload) {
  const sent = texts();
  const { schema, dialect, written, ir } = queryState();
  setAlert("");
  setStatus("Checking.");
  const response = await post("/workflow/edit", { what, schema, dialect, written, ir, ...payload });
  const { html, valid } = await response.json();
  await buttonsReleased();
  return { html, valid, sent };
}

function show({ html, valid, sent }, what) {
  replaceQuery(html, what, sent, () => edits.edit("clauses"));
  if (valid) flashStatus("Checked.");
  else setStatus("That is not valid yet: see what is wrong.");
}

/** Leave the page as it is, and report that its parts differ. */
function leave(error, what) {
  if (what === "dialect") at("target").value = queryState().dialect;
  setStatus("");
  setAlert(errorText(error));
  const notice = at("unchecked");
  notice.firstElementChild.textContent = `Not checked: ${errorText(error)} The rest is of the query before your edit.`;
  notice.hidden = false;
}

/** Write the query in another dialect, unless it is invalid: its text would be lost. */
export async function translate() {
  const target = at("target").value;
  if ((await edits.settled()) || !(edits.latest in PAYLOADS)) return edits.edit("dialect", { target });
  at("target").value = queryState().dialect;
  setAlert("Fix the query first. Then it can be written in another dialect.");
}

/** Apply the fix that an issue offers, unless the query has changed since. */
export async function applyFix(fix) {
  if (!edits.checking && !edits.failed) return edits.edit("fix", { fix });
  await edits.settled();
  setStatus("The query has changed since. See whether it still needs that.");
}
