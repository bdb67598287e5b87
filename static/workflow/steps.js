/* The changes of a query since its answer came: listed, and undone one by one. */
import { at } from "../portal/dom.js";
import { gettext } from "../portal/words.js";
import { isSame } from "./readings.js";

const BY_HAND = gettext("Changed by hand");
const NAMES = {
  fix: gettext("A fix that was offered"),
  reading: gettext("Another reading of the question"),
};

/** Add a change to `steps`: what was done, or the words for it, and the query before it. */
export function addStep(steps, what, ir, text) {
  steps.push({ text: text ?? NAMES[what] ?? BY_HAND, ir });
  showSteps(steps);
}

/** Remove the last change, if the query is again as it was before that. */
export function dropStep(steps, ir) {
  if (steps.length && isSame(steps.at(-1).ir, ir)) steps.pop();
  showSteps(steps);
}

/** Show the changes, and whether there is something to undo. */
export function showSteps(steps) {
  at("changes").replaceChildren(
    ...steps.map(({ text }) => Object.assign(document.createElement("li"), { textContent: text })),
  );
  at("changes").hidden = at("undo-part").hidden = !steps.length;
}
