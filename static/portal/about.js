/* What a page says below a picker about the chosen model: what it is, and where the text goes. */

import { fill, gettext } from "./words.js";

/** Show in `place` what is known of the model that `select` has chosen. */
export function showAbout(select, place, demo = "") {
  const { about, facts, state } = select.selectedOptions[0]?.dataset ?? {};
  const problem = Object.assign(document.createElement("span"), { className: "state" });
  problem.textContent = [state, demo]
    .filter(Boolean)
    .map((text) => `${text} · `)
    .join("");
  place.replaceChildren(problem, [about, facts].filter(Boolean).join(" · "));
}

/** Return a warning about a model that is there for demonstration, or an empty text. */
export function demoWarning(select) {
  const { demo, title } = select.selectedOptions[0]?.dataset ?? {};
  const text = gettext("{title} is a demonstration model: it rarely gets queries right.");
  return demo === undefined ? "" : fill(text, { title });
}
