/* Asks: a question, an edited question, an answer again. Follows and stops an answer. */
import { at, setAlert, setStatus } from "../portal/dom.js";
import { fill, gettext, language } from "../portal/words.js";
import { adjustedFrame, adjustingBlocker } from "./adjusting.js";
import { LiveAnswer } from "./answer.js";
import { appendBlank, articlesAfter, blank, setMessage, showFiles } from "./articles.js";
import { list as chips, clear, fileIds, filesBlocker, load } from "./attachments/chips.js";
import { instructionsFrame } from "./instructions.js";
import { staysLocal } from "./local.js";
import { box, isTemporary, log, messages, model, refresh, setWelcome, socket, state } from "./state.js";
import { temporaryFrame } from "./temporary.js";

const MAX_BYTES = 500_000; // of a question; the server accepts a little more
const RENDERED = { render: true, language }; // what comes is HTML, and its sentences are this page's
const FOLLOW_MS = 2000; // between two attempts to follow the same answer
let requests = 0;
let attempt = { at: 0 };

/** Wait for what is under way on the page: a rendering, and the connection of a page just opened. */
async function ready() {
  await state.rendering;
  await socket.reached();
}

/** Show why nothing can be sent now, and return whether there is such a reason. */
function isBlocked(content, needsModel, files = false) {
  setAlert(blocker(content, needsModel, files));
  return !at("alert").hidden;
}

function blocker(content, needsModel, files) {
  if (state.exchange) return gettext("An answer is being written. Stop it first.");
  if (!socket.open) return gettext("There is no connection to the portal. Your text is kept.");
  if (needsModel && !model.usable) return gettext("Choose a model first: the one that was chosen is not available.");
  if (new TextEncoder().encode(content).length > MAX_BYTES) return gettext("This is too long to be sent. Shorten it.");
  return adjustingBlocker() || (files ? filesBlocker() : "");
}

/** Ask the model to go on with an answer that was cut. What it has comes again, from the server. */
export async function goOn(article) {
  await ready();
  const shown = article.isConnected ? article : at(article.id);
  if (isBlocked("", false)) return;
  const frame = { content: "", continue_of: Number(shown.dataset.message) };
  if (shown.dataset.model !== model.id) frame.model = shown.dataset.model;
  ask(frame, { replaced: [shown], title: shown.querySelector("h2").textContent, again: () => goOn(shown) });
}

/** Show in `article` what comes from now on. Return the ID of its frames. */
function begin(article, title, more) {
  const id = String(++requests);
  const answer = new LiveAnswer(article, title, socket, id);
  state.exchange = { answer, replaced: [], started: false, ...more };
  return id;
}

function ask(frame, options) {
  const { replaced = [], title = model.title, ...more } = options; // question, text, files, again, elsewhere, repeated
  state.again?.stop();
  setWelcome(false);
  for (const article of replaced) article.hidden = true;
  const asked = frame.model ?? model.id;
  const parts = { question: null, text: "", ...more, asked, edited: state.edited, replaced };
  const id = begin(appendBlank("answer", ""), title, parts);
  state.edited = null;
  const conversation = messages.dataset.conversation || null;
  const context = isTemporary ? temporaryFrame(frame) : { conversation, on_leave: "finish", title: true, ...frame };
  const chosen = { model: model.value, local_only: staysLocal(), ...(asked === model.id ? adjustedFrame() : {}) };
  socket.send({ type: "ask", id, ...RENDERED, ...chosen, ...instructionsFrame(), ...context });
  setStatus(fill(gettext("Waiting for {title}."), { title }));
  box.focus();
  refresh();
  log.toEnd();
}

/** Send what is in the box: a new question, or the one that is being edited. `repeated`: by itself. */
export async function submit(repeated = false) {
  await ready();
  const text = box.value;
  const { edited } = state;
  const files = fileIds();
  if ((!text.trim() && !files.length) || isBlocked(text, true, true)) return;
  const original = edited && at(`message-${edited.id}`);
  const frame = original ? { content: text, edit_of: edited.id } : { content: text };
  if (original || files.length) frame.attachments = files;
  const question = appendBlank("question", text);
  showFiles(question, chips.children);
  box.value = edited?.draft ?? ""; // the draft in storage stays until the server has it
  clear();
  const replaced = original ? [original, ...articlesAfter(original, question)] : [];
  const again = () => box.value === text && submit(true);
  const elsewhere = (id) => {
    model.choose(id);
    submit();
  };
  ask(frame, { replaced, question, text, files, again, elsewhere, repeated });
  load(edited?.files);
}

/** Ask for an answer again: from the model that gave it, from the one that is chosen, or from `other`. */
export async function retry(article, sameModel, options = {}) {
  await ready();
  askForAnother(article.isConnected ? article : at(article.id), sameModel, options);
}

function askForAnother(article, sameModel, { other = "", repeated = false }) {
  if (isBlocked("", !sameModel)) return;
  const frame = { content: "", retry_of: Number(article.dataset.message) };
  const wanted = other || article.dataset.model;
  if (sameModel && wanted !== model.id) frame.model = wanted;
  const title = other || (sameModel ? article.querySelector("h2").textContent : model.title);
  const again = () => retry(article, sameModel, { other, repeated: true });
  const elsewhere = (id) => retry(article, true, { other: id });
  ask(frame, { replaced: [article, ...articlesAfter(article)], title, again, elsewhere, repeated });
}

/** Follow the answer on this page that is being written elsewhere, or was when the page was left. */
export function follow() {
  const shown = messages.querySelector(':scope > [data-state="running"][data-message]');
  if (!shown || state.exchange || !socket.open) return;
  const message = Number(shown.dataset.message);
  const wait = attempt.message === message ? attempt.at + FOLLOW_MS - Date.now() : 0;
  if (wait > 0) return void setTimeout(follow, wait);
  attempt = { message, at: Date.now() };
  const article = blank("answer", "");
  shown.replaceWith(article);
  setMessage(article, message);
  const title = shown.querySelector("h2").textContent;
  const id = begin(article, title, { started: true, message, resolution: {}, followed: true });
  socket.send({ type: "follow", id, message, ...RENDERED });
  refresh();
}

export function halt() {
  if (!state.exchange) return;
  const { answer } = state.exchange;
  answer.setState("stopping");
  socket.send({ type: "stop", id: answer.id });
}
