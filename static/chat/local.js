/* The mark of a conversation that stays in the house: only local models get it, from then on. */
import { at } from "../portal/dom.js";
import { fill, ngettext } from "../portal/words.js";
import { model } from "./state.js";

const mark = at("local-only"); // absent if no model is local

export function staysLocal() {
  return Boolean(mark?.checked);
}

/** The portal found identifiers in the question: the conversation has the mark from now on. */
export function raiseMark(identifiers) {
  if (!mark || !identifiers) return;
  mark.checked = true;
  show();
}

/** Once a question was accepted with the mark, it cannot be taken back. */
export function keepMark() {
  if (mark) mark.disabled ||= mark.checked;
}

function show() {
  const left = model.onlyLocal(staysLocal());
  const note = at("not-cleared");
  note.hidden = !staysLocal();
  const text = ngettext(
    "{count} model is not cleared for what stays in the house.",
    "{count} models are not cleared for what stays in the house.",
    left,
  );
  note.textContent = fill(text, { count: left });
}

mark?.addEventListener("change", show);
model.select.addEventListener("htmx:after:settle", show);
show();
