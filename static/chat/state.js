/* What the modules of the chat page share: its elements, its socket and its state. */
import { at } from "../portal/dom.js";
import { Drafts } from "../portal/drafts.js";
import { ModelSelect } from "../portal/model_select.js";
import { PortalSocket } from "../portal/socket.js";
import { fill, gettext } from "../portal/words.js";
import { idsIn } from "./attachments/requests.js";
import { StickyLog } from "./scroll.js";

export const messages = at("messages");
export const box = at("question");
export const model = new ModelSelect(at("model-chat"));
export const socket = new PortalSocket("/ws/chat/");
export const log = new StickyLog(at("log"), at("latest"));
export const drafts = new Drafts(messages.dataset.user);

export const isTemporary = messages.dataset.temporary !== undefined; // see temporary.js

export const state = {
  exchange: null, // under way: {answer, question, text, edited, replaced, started, message}
  lost: null, // under way when the connection was lost: the server has its outcome
  rendering: Promise.resolve(), // the server's rendering of an answer that ended replaces articles
  again: null, // waits to ask again: see again.js
  edited: null, // the question that is being edited: {id, draft, files}; the last two are what the box had
};

/** Update what depends on the state: which buttons are there, and which can be pressed. */
export function refresh() {
  at("send").hidden = Boolean(state.exchange);
  at("stop").hidden = !state.exchange;
  at("send").disabled = !socket.open || !model.usable;
  at("editing").hidden = !state.edited;
  refreshContinue();
  for (const button of messages.querySelectorAll("[data-do=retry-with]")) {
    button.hidden = !model.usable || model.id === button.closest("article").dataset.model;
    button.textContent = fill(gettext("Try with {title}"), model);
  }
  offerOthers();
}

/** Offer another model where one failed. */
function offerOthers() {
  for (const button of messages.querySelectorAll("[data-other]")) {
    const other = model.other(button.closest("article").dataset.model, button.dataset.longer !== undefined);
    button.hidden = !other;
    if (!other) continue;
    button.dataset.model = other.value;
    button.textContent = fill(gettext("Try with {title}"), other.dataset);
  }
}

/** Only the last answer can go on, and only one that the server has. */
function refreshContinue() {
  const last = messages.querySelector(":scope > article:last-of-type");
  for (const button of messages.querySelectorAll("[data-do=continue]")) {
    button.hidden = isTemporary || button.closest("article") !== last;
  }
  if (isTemporary) for (const button of messages.querySelectorAll("[data-do=fork]")) button.hidden = true;
}

export function keepDraft() {
  if (isTemporary) return; // nor does the browser keep it
  const files = idsIn(at("chips"));
  drafts.save(messages.dataset.conversation, { text: box.value, edited: state.edited, files });
}

/** Show or hide what an empty conversation shows. */
export function setWelcome(visible) {
  if (at("welcome")) at("welcome").hidden = !visible;
}
