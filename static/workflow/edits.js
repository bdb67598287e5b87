/*
 * Edits of a query: its cards, its SQL, its JSON, its dialect.
 *
 * The server checks each edit and renders the query again. No response removes what was typed since
 * the edit was sent. Text that is not checked stays, with a notice.
 */
import { at, flashStatus, setAlert, setStatus } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { errorText } from "./form.js";
import { Edits } from "./order.js";
import { post } from "./posting.js";
import { buttonsReleased, queryState, replaceQuery, texts } from "./query.js";
import { dropChange, isSame, markReading, showChange } from "./readings.js";
import { addStep, dropStep, showSteps } from "./steps.js";
import { withWord } from "./typed.js";

const cards = () => [...at("query").querySelectorAll("[data-clause]")];
const PAYLOADS = {
  clauses: () => ({ clauses: Object.fromEntries(cards().map((box) => [box.dataset.clause, box.value])) }),
  sql: () => ({ text: at("sql-text").value }),
  ir: () => ({ text: at("ir-text").value }),
};

export const edits = new Edits({ payload: (what) => PAYLOADS[what]?.(), send, show, leave });

async function send(what, payload) {
  const sent = texts();
  const { schema, dialect, written, ir, inquiry } = queryState();
  const { said, ...fields } = payload ?? {}; // the words for a change are the page's
  edits.valid ??= ir;
  edits.isOwn ??= !inquiry || Boolean(at("restore"));
  dropChange();
  setAlert("");
  setStatus(gettext("Checking."));
  const response = await post("/workflow/edit", { what, schema, dialect, written, ir, inquiry, ...fields });
  const answer = await response.json();
  await buttonsReleased();
  return { ...answer, sent, said };
}

function show({ html, valid, warning, sent, said }, what) {
  replaceQuery(html, what, sent, () => edits.edit("clauses"));
  markReading();
  if (valid) showEffect(what, said);
  if (warning) setStatus(warning);
  else if (valid) flashStatus(gettext("Checked."));
  else flashStatus(gettext("That is not valid yet: see what is wrong."));
}

/** Show what an edit changed of the last valid query, and list it. */
function showEffect(what, said) {
  const before = edits.valid;
  edits.valid = queryState().ir;
  at("conversation").hidden = false;
  if (what === "undo") return dropStep(edits.steps, edits.valid);
  if (before && !isSame(before, edits.valid)) addStep(edits.steps, what, before, said);
  if (what !== "dialect" && what !== "reading") showChange(before);
}

/** Go back to the query before the last change, or before an edit that is not valid. */
export function undo() {
  if (at("query").querySelector(".said")) return edits.edit("undo", { ir: edits.valid });
  if (edits.steps.length === 1 && !edits.isOwn) return restoreQuery();
  return edits.edit("undo", { ir: edits.steps.at(-1).ir });
}

/** Show the reading of a button; the last one is the models' own answer. */
export function keepReading({ reading, ir }) {
  if (reading === "1" && queryState().inquiry) return restoreQuery();
  return edits.edit("reading", { ir: JSON.parse(ir) });
}

/** Put another name in place of a wrong one, where that was typed. */
export function useName({ use, for: wrong }, button) {
  const near = button.closest(".card, #sql-box, #json")?.querySelector("textarea");
  const box = near ?? cards().find((card) => withWord(card.value, wrong, use) !== card.value);
  if (!box) return;
  box.value = withWord(box.value, wrong, use);
  edits.edit({ "sql-text": "sql", "ir-text": "ir" }[box.id] ?? "clauses");
}

/** Go back to the query that the models wrote. */
export async function restoreQuery() {
  try {
    const response = await post("/workflow/restore", { id: queryState().inquiry });
    at("query").innerHTML = (await response.json()).html;
    edits.reset();
    showSteps(edits.steps);
    markReading();
    flashStatus(gettext("This is the models' query."));
  } catch (error) {
    setAlert(errorText(error));
  }
}

/** Leave the page as it is, and report that its parts differ. */
function leave(error, what) {
  if (what === "dialect") at("target").value = queryState().dialect;
  setStatus("");
  setAlert(errorText(error));
  const notice = at("unchecked");
  const sentence = gettext("Not checked: {error} The rest is of the query before your edit.");
  notice.firstElementChild.textContent = fill(sentence, { error: errorText(error) });
  notice.hidden = false;
}

/** Write the query in another dialect, unless it is invalid: its text would be lost. */
export async function translate() {
  const target = at("target").value;
  if ((await edits.settled()) || !(edits.latest in PAYLOADS)) return edits.edit("dialect", { target });
  at("target").value = queryState().dialect;
  setAlert(gettext("Fix the query first. Then it can be written in another dialect."));
}

/** Apply the fix that an issue offers, unless the query has changed since. */
export async function applyFix(fix) {
  if (!edits.checking && !edits.failed) return edits.edit("fix", { fix });
  await edits.settled();
  setStatus(gettext("The query has changed since. See whether it still needs that."));
}
