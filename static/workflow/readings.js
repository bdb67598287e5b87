/* Two readings of a question: which one the page shows, and what an edit changes. */
import { at } from "../portal/dom.js";
import { result } from "./form.js";
import { post } from "./posting.js";
import { queryState } from "./query.js";

let latest = 0; // number of the edit whose change is looked for

/** Return a value's JSON, in which the order of keys does not matter. */
export function canonical(value) {
  const sorted = (_, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return JSON.stringify(value, sorted);
}

/** Are two queries the same? */
export const isSame = (one, other) => canonical(one) === canonical(other);

/** Mark the button of the reading that the page shows. */
export function markReading() {
  const buttons = [...result.querySelectorAll("[data-reading]")];
  if (!buttons.length) return;
  const shown = canonical(queryState().ir);
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(canonical(JSON.parse(button.dataset.ir)) === shown));
  }
}

/** Show what an edit changes, on a small world. Without an answer, nothing is shown. */
export async function showChange(before) {
  const number = ++latest;
  const { schema, written, ir: after } = queryState();
  if (!before || !after || isSame(before, after)) return;
  try {
    const response = await post("/workflow/readings", { schema, dialect: written, before, after });
    const { html } = await response.json();
    if (number === latest && at("change")) at("change").innerHTML = html;
  } catch {
    // the edit itself was checked: an example is not needed for it
  }
}

/** Show no answer to an edit before. */
export function dropChange() {
  latest++;
}

if (result.childElementCount) markReading();
