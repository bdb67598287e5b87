/*
 * The chat page: its state, and what arrives on the socket. Asking stands in asking.js.
 *
 * The server renders every message; an answer is plain text while it comes, and is replaced by
 * the server's rendering at its end. What was typed is kept until the server has it.
 */
"use strict";

const at = (id) => document.getElementById(id);
const messages = at("messages"), box = at("question"), send = at("send"), stop = at("stop");
const model = ModelSelect.of(at("model-chat"));
const socket = new PortalSocket("/ws/chat/");
const scroll = new Sticky(at("log"), at("latest"));
const drafts = new Drafts(messages.dataset.user);

const WHOLE = [null, "stop", "tool_calls", "function_call"]; // reasons of an answer that is whole

let live = null; // what is under way: {answer, question, sent, edited, replaced, started, message}
let lost = null; // what was, when the connection broke: the server has what came of it
let edited = null; // the question that is being edited: {id, draft}

// ── What the reader is told ────────────────────────────────────────────────────────────────

const status = (text) => (at("status").textContent = text);

function alarm(text) {
  at("alert").textContent = text;
  at("alert").hidden = !text;
}

function refresh() {
  send.hidden = Boolean(live);
  stop.hidden = !live;
  send.disabled = !socket.open || !model.usable;
  at("editing").hidden = !edited;
  for (const button of messages.querySelectorAll("[data-do=retry-with]")) {
    button.hidden = !model.usable || model.id === button.closest("article").dataset.model;
    button.textContent = `Try with ${model.title}`;
  }
}

// ── What arrives ───────────────────────────────────────────────────────────────────────────

const handlers = {
  start({ message, user_message, conversation, resolution }) {
    live.started = true;
    live.message = message;
    const { article } = live.answer;
    number(article, message);
    article.dataset.model = resolution.id;
    article.querySelector(".facts").textContent = resolution.id;
    if (live.question) {
      number(live.question, user_message);
      live.question.dataset.state = "complete";
      live.question.querySelector(".source").content.textContent = live.sent;
    }
    if (!messages.dataset.conversation) begin(conversation);
    keepDraft();
  },
  status({ state }) {
    if (live.answer.state !== "stopping") live.answer.state = state;
    live.answer.tick();
  },
  delta(frame) {
    if (!live.answer.text) status(`${live.answer.who} is writing.`);
    live.answer.add(frame, () => scroll.follow());
  },
  done({ finish_reason: reason }) {
    const { words } = live.answer;
    if (WHOLE.includes(reason)) finish("complete", "", `Answer complete: ${words}.`);
    else if (reason === "stopped") finish("stopped", `Stopped by you after ${words}.`, `Stopped after ${words}.`);
    else finish("interrupted", `The answer is not finished (${reason}).`, `The answer is not finished: ${words}.`);
  },
  error({ error }) {
    alarm(error.message);
    finish("failed", error.message, live.answer.text ? `The answer broke off after ${live.answer.words}.` : "");
  },
};

/** Give a new conversation its address, title and place in the list. */
function begin(conversation) {
  drafts.save("", {});
  messages.dataset.conversation = conversation;
  history.replaceState(history.state, "", `/chat/${conversation}`);
  const title = live.sent.trim().split("\n")[0].slice(0, 60);
  document.title = at("title").textContent = title;
  document.body.dispatchEvent(new CustomEvent("conversations-changed"));
}

function finish(state, note, text) {
  const ended = live;
  live = null;
  status(text);
  if (document.activeElement === stop) box.focus();
  if (ended.started) {
    ended.answer.end(state, note);
    show(ended);
  } else undo(ended);
  refresh();
}

/** Show or hide what stands on an empty page. */
function welcome(shown) {
  if (at("welcome")) at("welcome").hidden = !shown;
}

/** Take back what was shown of a question that the server did not take; its text returns. */
function undo(ended) {
  ended.answer.end("failed", "");
  ended.answer.article.remove();
  ended.question?.remove();
  welcome(!messages.querySelector("article"));
  for (const article of ended.replaced) article.hidden = false;
  edited = ended.edited;
  box.value = [ended.sent, edited ? "" : box.value].filter(Boolean).join("\n\n");
  keepDraft();
}

/** Put the server's rendering where the answer was. Where that fails, what came stays. */
async function show(ended) {
  const whole = ended.replaced.length > 0;
  const path = whole ? `/chat/${messages.dataset.conversation}/messages${location.search}` : `/chat/messages/${ended.message}`;
  const target = whole ? messages : ended.answer.article;
  await htmx.ajax("GET", path, { target, swap: whole ? "innerHTML" : "outerHTML" });
  if (ended.answer.article.isConnected) lost = ended;
}

socket.addEventListener("frame", ({ detail: frame }) => {
  const ours = live && (frame.id === live.answer.id || (frame.id === null && !live.started));
  if (ours) handlers[frame.type]?.(frame);
  else if (frame.error?.code === "server_restarting") status("The portal is restarting.");
  else if (frame.type === "error") alarm(frame.error.message);
});

socket.addEventListener("open", () => {
  status("");
  alarm("");
  refresh();
  const found = lost;
  lost = null;
  if (found) show(found);
});

socket.addEventListener("lost", ({ detail: seconds }) => {
  if (live?.started) {
    live.answer.end("interrupted", `Connection lost after ${live.answer.words}.`);
    lost = live;
  } else if (live) undo(live);
  live = null;
  status(`No connection to the portal. Trying again in ${Math.ceil(seconds)} s.`);
  refresh();
});

socket.addEventListener("signed-out", signedOut);

function signedOut() {
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = "Sign in again";
  alarm("You are signed out. What you typed is kept in this tab. ");
  at("alert").append(link);
  status("");
  refresh();
}

// htmx fires these for the parts of the page that it fetches.
messages.addEventListener("htmx:after:settle", () => {
  refresh();
  scroll.follow();
});
document.body.addEventListener("htmx:response:error", ({ detail }) => {
  const code = detail.ctx.response.status;
  if (code === 401) return signedOut();
  alarm(code === 403 ? "This page is too old. Reload it." : `That did not work (HTTP ${code}). Try again.`);
});
