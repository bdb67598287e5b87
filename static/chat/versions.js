/* Versions of an answer, and new conversations that begin with a part of this one. */
import { at, setAlert } from "../portal/dom.js";
import { gettext } from "../portal/words.js";
import { messages, state } from "./state.js";
import { reportChange } from "./tabs.js";

function isBusy() {
  if (state.exchange) setAlert(gettext("An answer is being written. Stop it first."));
  return Boolean(state.exchange);
}

/** Show another version of an answer; the conversation goes on from it. */
async function show(button) {
  if (isBusy()) return;
  const { version } = button.dataset;
  const label = button.getAttribute("aria-label");
  await htmx.ajax("POST", `/chat/messages/${version}/choose`, { target: messages, swap: "innerHTML" });
  const buttons = at(`message-${version}`)?.querySelectorAll(".versions button:enabled") ?? [];
  const same = [...buttons].find((one) => one.getAttribute("aria-label") === label);
  (same ?? buttons[0])?.focus();
  reportChange();
}

async function fork(article) {
  if (isBusy()) return;
  await htmx.ajax("POST", `/chat/messages/${article.dataset.message}/fork`, { target: messages, swap: "none" });
}

/** The actions of the buttons for these. */
export const versionActions = { version: (_, button) => show(button), fork };
