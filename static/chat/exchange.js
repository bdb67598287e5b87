/*
 * A question and its answer, from the first frame to the end.
 *
 * The server renders every message; an answer is rendered block by block while it streams, and is
 * replaced by the server's rendering at its end, which differs only in links whose address came late.
 * The text of a question is kept until the server has it.
 */
import { at, setStatus } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { askAgainLater } from "./again.js";
import { setMessage, source } from "./articles.js";
import { clear, load } from "./attachments/chips.js";
import { ending } from "./ending.js";
import { keepInstructions } from "./instructions.js";
import { keepMark, raiseMark } from "./local.js";
import { showRefusal } from "./refusal.js";
import { sentenceOf } from "./sentence.js";
import { box, drafts, isTemporary, keepDraft, log, messages, refresh, setWelcome, state } from "./state.js";
import { reportChange } from "./tabs.js";
import { nextNumber, renderTemporary } from "./temporary.js";
import { announceEnd } from "./title.js";

const NEARLY_FULL = 80; // percent of the largest size of a conversation
const KEPT = gettext("The answer is kept; the database does not answer.");

/** One function for each type of frame that belongs to the exchange under way. */
export const handlers = {
  start({ message, user_message, conversation, resolution, percent_full }) {
    const { exchange } = state;
    if (percent_full !== undefined) at("nearly-full").hidden = percent_full < NEARLY_FULL;
    exchange.started = true;
    exchange.resolution = resolution;
    const { article } = exchange.answer;
    if (exchange.question) acceptQuestion(exchange, user_message ?? nextNumber());
    exchange.message = message ?? nextNumber();
    for (const old of exchange.replaced) if (Number(old.dataset.message) === message) old.remove(); // goes on
    setMessage(article, exchange.message);
    article.dataset.model = resolution.id;
    article.querySelector(".facts").textContent = resolution.id;
    if (conversation && !messages.dataset.conversation) openConversation(conversation);
    if (!exchange.followed) reportChange();
    keepDraft();
    raiseMark(resolution.identifiers);
    keepMark();
    keepInstructions();
  },
  status({ state: phase, resolution }) {
    if (phase === "fallback") fallBack(state.exchange, resolution);
    else state.exchange.answer.setState(phase);
  },
  thought(frame) {
    const { answer } = state.exchange;
    if (!answer.thought) setStatus(fill(gettext("{title} is thinking."), answer));
    answer.addThought(frame, () => log.follow());
  },
  block(frame) {
    state.exchange.answer.addBlock(frame, () => log.follow());
  },
  delta(frame) {
    const { answer } = state.exchange;
    if (!answer.text) setStatus(fill(gettext("{title} is writing."), answer));
    answer.add(frame, () => log.follow());
  },
  done({ finish_reason: reason, stored }) {
    const end = ending(reason, state.exchange.answer.words);
    state.exchange.outcome = { state: end.state, finish_reason: reason ?? "" };
    finish(end.state, end.note, end.status, stored);
  },
  error({ error, stored }) {
    const { exchange } = state;
    const { text, words } = exchange.answer;
    const { message, code, request_id, retry_after } = error;
    const outcome = text ? "interrupted" : "failed";
    exchange.outcome = { state: outcome, error: message, code, request_id, retry_after: retry_after ?? "" };
    if (!exchange.started) showRefusal(error, exchange);
    const broken = fill(gettext("The answer broke off after {words}."), { words });
    finish("failed", sentenceOf(error), text ? broken : "", stored);
    const again = !text && stored !== false && !exchange.repeated && !exchange.followed;
    if (again) askAgainLater(exchange, error.retry_after);
  },
};

/** Show that another model answers. The server's rendering names both. */
function fallBack(exchange, resolution) {
  const { answer } = exchange;
  const { id } = resolution;
  exchange.resolution = resolution;
  answer.title = id;
  answer.article.dataset.model = id;
  answer.article.querySelector("h2").textContent = id;
  answer.article.querySelector(".facts").textContent = fill(gettext("{id} instead of {asked}"), resolution);
  setStatus(fill(gettext("{asked} does not answer. {id} does."), resolution));
}

function acceptQuestion({ question, text }, id) {
  setMessage(question, id);
  question.dataset.state = "complete";
  source(question).textContent = text;
}

/** Give a new conversation its address and its place in the list, which has its title. */
function openConversation(id) {
  drafts.save("", {});
  messages.dataset.conversation = id;
  history.replaceState(history.state, "", `/chat/${id}`);
  document.body.dispatchEvent(new CustomEvent("conversations-changed"));
}

function finish(phase, note, text, stored = true) {
  const ended = state.exchange;
  state.exchange = null;
  announceEnd();
  if (ended.started && !ended.followed) reportChange();
  setStatus(text);
  if (document.activeElement === at("stop")) box.focus();
  if (ended.started) {
    ended.answer.end(phase, stored ? note : `${note} ${KEPT}`.trim());
    if (stored) render(ended);
    else state.lost = ended; // the server would render less than came
  } else undo(ended);
  refresh();
}

/** Remove a question that the server did not accept; its text returns to the box. */
function undo(ended) {
  ended.answer.end("failed", "");
  ended.answer.article.remove();
  ended.question?.remove();
  setWelcome(!messages.querySelector("article"));
  for (const article of ended.replaced) article.hidden = false;
  state.edited = ended.edited;
  box.value = [ended.text, ended.edited ? "" : box.value].filter(Boolean).join("\n\n");
  if (ended.edited) clear(); // of the draft, which comes back after the editing
  load(ended.files, Boolean(ended.edited));
  keepDraft();
}

/** Render what ended, after what ended before it. The next question waits for it: see asking.js. */
function render(ended) {
  state.rendering = state.rendering.then(() => replace(ended));
}

/**
 * Replace the answer by the server's rendering. If that fails, the text that came stays. What is the
 * same stays in the page: a long answer is not laid out again.
 */
async function replace(ended) {
  if (isTemporary) return renderTemporary(ended);
  const all = ended.replaced.length > 0;
  const path = all
    ? `/chat/${messages.dataset.conversation}/messages${location.search}`
    : `/chat/messages/${ended.message}`;
  const target = all ? messages : ended.answer.article;
  await htmx.ajax("GET", path, { target, swap: all ? "innerHTML" : "outerMorph" });
  const { article } = ended.answer;
  if (article.isConnected && article.querySelector(".tail")) state.lost = ended;
}

/** End the exchange under way, whose connection is lost. */
export function disconnect() {
  const { exchange } = state;
  state.exchange = null;
  if (exchange?.started) {
    exchange.answer.end("interrupted", fill(gettext("Connection lost after {words}."), exchange.answer));
    exchange.outcome = { state: "interrupted" };
    state.lost = exchange;
  } else if (exchange) undo(exchange);
}

/** Render what was under way when the connection was lost. */
export function renderLost() {
  const { lost } = state;
  state.lost = null;
  if (lost) render(lost);
}
