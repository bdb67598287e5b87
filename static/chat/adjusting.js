/* What people may choose of an answer: models.yaml says for which models, and the picker has that. */
import { at } from "../portal/dom.js";
import { model } from "./state.js";

const parts = [...document.querySelectorAll("[data-adjusts]")];

/** Return the fields of a question that were chosen; a value that is none is not sent. */
export function adjustedFrame() {
  const inputs = parts.filter((part) => !part.hidden).map((part) => part.querySelector("input"));
  const chosen = inputs.filter((input) => input.value && input.validity.valid);
  return Object.fromEntries(chosen.map((input) => [input.id, input.valueAsNumber]));
}

/** Return the first value that may not be, in the browser's words, or an empty text. */
export function adjustingBlocker() {
  const wrong = parts.map((part) => part.querySelector("input")).find((input) => !input.validity.valid);
  return wrong?.closest("p").hidden === false ? wrong.validationMessage : "";
}

function show() {
  const allowed = model.adjustable;
  for (const part of parts) part.hidden = !allowed.includes(part.dataset.adjusts);
  at("adjusting").hidden = !allowed.length;
}

model.select.addEventListener("model", show);
show();
