/*
 * The query on the page, which the server renders again after each edit. What was typed since the
 * edit was sent stays, as do open boxes and the focus.
 */
import { at } from "../portal/dom.js";
import { result } from "./form.js";
import { BOXES, isCard, survives } from "./typed.js";

const STALE = ["run-part", "sql-part", "steps-part"];
let released = Promise.resolve(); // while a button is pressed, replacing it would lose its click
let replacing = false;

/** Return what the server needs to know of the query: schema, dialect, written, ir. */
export const queryState = () => JSON.parse(at("result-state").textContent);

const boxes = () => new Map([...at("query").querySelectorAll("textarea")].map((box) => [box.id, box]));

/** Return the texts of all boxes by ID. */
export const texts = () => new Map([...boxes()].map(([id, box]) => [id, box.value]));

/** Resolve when no button of the result is pressed. */
export const buttonsReleased = () => released;

export function setSqlBoxOpen(open) {
  if (!at("sql-box")) return;
  at("sql-box").hidden = !open;
  at("edit-sql").setAttribute("aria-expanded", String(open));
}

export function toggleSqlBox() {
  setSqlBoxOpen(at("sql-box").hidden);
  if (!at("sql-box").hidden) at("sql-text").focus();
}

/**
 * Replace the query by `html`, the response to an edit of `what` that sent the texts `sent`.
 * Calls `editCards` when a card holds a text that was not sent.
 */
export function replaceQuery(html, what, sent, editCards) {
  const active = document.activeElement?.id;
  const caret = document.activeElement?.selectionStart ?? null;
  const before = boxes();
  const rows = at("rows");
  swap(html, what !== "sql" && at("sql-box") && !at("sql-box").hidden);
  for (const [id, old] of before)
    restore(id, old, what, sent, () => (id === active ? editOnBlur(id, editCards) : editCards()));
  if (what === "dialect" && rows && at("rows")) at("rows").replaceWith(rows);
  if (!active || !at(active)) return;
  at(active).focus({ preventScroll: true });
  if (caret !== null) at(active).setSelectionRange(caret, caret);
}

function swap(html, sqlBoxOpen) {
  const parts = STALE.map((id) => [id, [...at(id).childNodes]]);
  const open = [...at("query").querySelectorAll("details[open]")].map((details) => details.id);
  replacing = true;
  at("query").innerHTML = html;
  replacing = false;
  for (const [id, nodes] of parts) keepStale(at(id), nodes);
  for (const id of open) if (id && at(id)) at(id).open = true;
  if (sqlBoxOpen) setSqlBoxOpen(true);
}

/** Show what an answer had, where the edited query has nothing because it is not valid. */
function keepStale(part, nodes) {
  if (part.childNodes.length || !at("query").querySelector(".said")) return;
  part.replaceChildren(...nodes);
  part.classList.add("stale");
  part.inert = true;
}

/** Put a text that survives back into its box. */
function restore(id, old, what, sent, editCards) {
  const box = at(id);
  if (!box) return;
  if (!survives(id, what, { value: old.value, defaultValue: old.defaultValue, sent: sent.get(id) })) {
    if (id === BOXES.sql && !box.value && what !== "sql") box.defaultValue = old.value; // there is no new one
    return;
  }
  box.value = old.value;
  if (id === BOXES.sql) setSqlBoxOpen(true);
  if (id === BOXES.ir) at("json").open = true;
  if (isCard(id)) editCards();
}

/** Edit the cards when the reader leaves this one, since its text is not finished. */
function editOnBlur(id, editCards) {
  const box = at(id);
  box.addEventListener("blur", () => replacing || box.value === box.defaultValue || editCards(), { once: true });
}

result.addEventListener("pointerdown", ({ target }) => {
  if (!target.closest("button")) return; // lists that open send no pointerup
  released = new Promise((resolve) => {
    for (const type of ["pointerup", "pointercancel"]) {
      addEventListener(type, () => setTimeout(resolve), { once: true });
    }
  });
});
