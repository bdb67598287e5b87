/*
 * The chat page: what its buttons and keys do, and what arrives on the socket.
 *
 * The server renders every message; an answer is plain text while it comes, and is replaced by
 * the server's rendering at its end. What was typed is kept until the server has it.
 */
"use strict";

const at = (id) => document.getElementById(id);
const log = at("log"), messages = at("messages"), composer = at("composer");
const box = at("question"), send = at("send"), stop = at("stop");
const model = ModelSelect.of(at("model-chat"));
const socket = new ChatSocket("/ws/chat/");

let live = null; // the answer under way: {answer, question, asked, replaces, started}
let lostAnswer = null; // one whose connection broke: the server has what came of it
let editing = null; // the article of the question that is being edited
let count = 0;

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
  for (const button of messages.querySelectorAll("[data-do=retry-with]")) {
    const other = model.value && model.value !== button.closest("article").dataset.model;
    button.hidden = !other;
    button.textContent = `Try with ${model.title}`;
  }
}

// ── Scrolling: stick to the end only if the reader is there ────────────────────────────────

const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 60;
let stick = true;

function follow() {
  if (stick) log.scrollTop = log.scrollHeight;
  at("latest").hidden = isAtEnd();
}

log.addEventListener("scroll", () => {
  stick = isAtEnd();
  at("latest").hidden = stick;
});
at("latest").addEventListener("click", () => {
  stick = true;
  follow();
});

// ── Drafts: what was typed survives a reload ───────────────────────────────────────────────

const draftKey = () => `draft:${messages.dataset.conversation}`;

function keepDraft() {
  try {
    if (box.value) sessionStorage.setItem(draftKey(), box.value);
    else sessionStorage.removeItem(draftKey());
  } catch {} // storage may be forbidden
}

try {
  box.value ||= sessionStorage.getItem(draftKey()) ?? "";
} catch {}
box.addEventListener("input", keepDraft);

// ── Asking ─────────────────────────────────────────────────────────────────────────────────

function blank(kind, text) {
  const article = at(`blank-${kind}`).content.firstElementChild.cloneNode(true);
  for (const part of [article, article.querySelector("h2")]) part.removeAttribute("id");
  article.querySelector(".body").textContent = text;
  messages.append(article);
  return article;
}

/** Return why nothing can be asked now, or an empty text. */
function obstacle() {
  if (live) return "An answer is being written. Stop it first.";
  if (!model.usable) return "Choose a model first: the one that was chosen is not available.";
  if (!socket.open) return "There is no connection to the portal. Your text is kept.";
  return "";
}

function ask(frame, { replaced = [], who = model.title, question = null }) {
  const problem = obstacle();
  alarm(problem);
  if (problem) return false;
  at("welcome")?.remove();
  for (const article of replaced) article.hidden = true;
  const id = String(++count);
  const answer = new LiveAnswer(blank("answer", ""), who || "the model", socket, id);
  live = { answer, question, replaced, started: false };
  const conversation = messages.dataset.conversation || null;
  socket.send({ type: "ask", id, conversation, model: model.value, ...frame });
  status("Sent.");
  stick = true;
  follow();
  refresh();
  return true;
}

function submit() {
  const content = box.value;
  if (!content.trim()) return;
  const problem = obstacle();
  if (problem) return alarm(problem);
  const replaced = editing ? [editing, ...after(editing)] : [];
  const frame = editing ? { content, edit_of: Number(editing.dataset.message) } : { content };
  const question = blank("question", content);
  ask(frame, { replaced, question });
  box.focus();
}

function retry(article, { same }) {
  const frame = { content: "", retry_of: Number(article.dataset.message) };
  if (same) frame.model = article.dataset.model;
  const who = same ? article.querySelector("h2").textContent : model.title;
  ask(frame, { replaced: [article, ...after(article)], who });
}

function after(article) {
  const all = [...messages.querySelectorAll("article")];
  return all.slice(all.indexOf(article) + 1);
}

function halt() {
  if (!live) return;
  live.answer.state = "stopping";
  live.answer.tick();
  socket.send({ type: "stop", id: live.answer.id });
}

// ── What arrives ───────────────────────────────────────────────────────────────────────────

const handlers = {
  start(frame) {
    live.started = true;
    live.message = frame.message;
    messages.dataset.conversation ||= began(frame.conversation);
    if (live.question) {
      live.question.dataset.message = frame.user_message;
      live.question.dataset.state = "complete";
      source(live.question, live.question.querySelector(".body").textContent);
      clear();
    }
    changed();
  },
  status(frame) {
    live.answer.state = frame.state;
    live.answer.tick();
  },
  delta(frame) {
    live.answer.add(frame, follow);
  },
  done(frame) {
    const words = live.answer.words;
    finish(frame.finish_reason === "stopped" ? `Stopped after ${words}.` : `Answer complete: ${words}.`);
  },
  error(frame) {
    alarm(frame.error.message);
    finish(`The answer failed. ${frame.error.message}`);
  },
};

/** Give a new conversation its address, and return its ID. */
function began(conversation) {
  history.replaceState(history.state, "", `/chat/${conversation}`);
  try {
    sessionStorage.removeItem(draftKey());
  } catch {}
  return conversation;
}

function clear() {
  box.value = "";
  keepDraft();
  stopEditing();
}

function finish(text) {
  const ended = live;
  live = null;
  status(text);
  if (document.activeElement === stop) box.focus();
  if (ended.started) show(ended);
  else undo(ended);
  refresh();
  changed();
}

/** Have the list of conversations fetched anew. */
function changed() {
  document.body.dispatchEvent(new CustomEvent("conversations-changed"));
}

/** Take back what was shown of a question that the server did not take. Its text is in the box. */
function undo(ended) {
  ended.answer.end("");
  ended.answer.article.remove();
  ended.question?.remove();
  for (const article of ended.replaced) article.hidden = false;
}

/** Put the server's rendering where the answer was. */
async function show(ended) {
  ended.answer.end("");
  const whole = ended.replaced.length > 0;
  const path = whole ? `/chat/${messages.dataset.conversation}/messages` : `/chat/messages/${ended.message}`;
  const target = whole ? messages : ended.answer.article;
  await htmx.ajax("GET", path, { target, swap: whole ? "innerHTML" : "outerHTML" });
  refresh();
  follow();
}

socket.addEventListener("frame", ({ detail: frame }) => {
  if (live && frame.id === live.answer.id) handlers[frame.type]?.(frame);
  else if (frame.type === "error") alarm(frame.error.message);
});

socket.addEventListener("open", () => {
  status("");
  alarm("");
  refresh();
  if (lostAnswer) show(lostAnswer);
  lostAnswer = null;
});

socket.addEventListener("lost", ({ detail: seconds }) => {
  if (live) {
    live.answer.end(`Connection lost after ${live.answer.words}.`);
    if (live.started) lostAnswer = live;
    else undo(live);
    live = null;
  }
  status(`No connection to the portal. Trying again in ${Math.ceil(seconds)} s.`);
  refresh();
});

socket.addEventListener("signed-out", () => {
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = "Sign in again";
  alarm("You are signed out. What you typed is kept in this tab. ");
  at("alert").append(link);
  status("");
  refresh();
});

// ── Keys and buttons ───────────────────────────────────────────────────────────────────────

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

box.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return; // an input method has the key
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  } else if (event.key === "ArrowUp" && !box.value && !live) {
    const last = [...messages.querySelectorAll(":scope > .user")].at(-1);
    if (last) edit(last);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
  if (live) halt();
  else if (editing) stopEditing();
});

stop.addEventListener("click", halt);
at("cancel-edit").addEventListener("click", stopEditing);
messages.parentElement.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const article = button?.closest("article");
  if (button?.dataset.example !== undefined) {
    box.value = button.textContent;
    keepDraft();
    box.focus();
  } else if (article) actions[button.dataset.do]?.(article, button);
});
document.addEventListener("model", refresh);

const actions = {
  edit,
  retry: (article) => retry(article, { same: true }),
  "retry-with": (article) => retry(article, { same: false }),
  async copy(article, button) {
    await copy(text(article));
    button.textContent = "Copied";
    status("Copied.");
    setTimeout(() => (button.textContent = "Copy"), 1500);
  },
};

const text = (article) => article.querySelector(".source").content.textContent;
const source = (article, value) => (article.querySelector(".source").content.textContent = value);

/** Copy, also where the page came by plain http, for which browsers have no clipboard. */
async function copy(value) {
  if (navigator.clipboard) return navigator.clipboard.writeText(value);
  const area = Object.assign(document.createElement("textarea"), { value });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function edit(article) {
  editing = article;
  at("editing").hidden = false;
  box.value = text(article);
  box.focus();
}

function stopEditing() {
  if (!editing) return;
  editing = null;
  at("editing").hidden = true;
  box.value = "";
  keepDraft();
}

document.body.addEventListener("htmx:response:error", ({ detail }) => {
  alarm(`That did not work (HTTP ${detail.ctx.response.status}). Try again.`);
});

refresh();
follow();
