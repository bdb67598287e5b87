/* Asking: a question, an edited one, an answer anew; and stopping. */
"use strict";

const MAX_BYTES = 500_000; // of a question; the server takes a little more
let count = 0;

function blank(kind, text) {
  const article = at(`blank-${kind}`).content.firstElementChild.cloneNode(true);
  article.querySelector(".body").textContent = text;
  messages.append(article);
  return article;
}

/** Give an article the number that the server has for it. */
function number(article, id) {
  article.id = `message-${id}`;
  article.dataset.message = id;
  article.querySelector("h2").id = `by-${id}`;
  article.setAttribute("aria-labelledby", `by-${id}`);
}

/** Return why nothing can be asked now, or an empty text. */
function obstacle(content, needsModel) {
  if (live) return "An answer is being written. Stop it first.";
  if (!socket.open) return "There is no connection to the portal. Your text is kept.";
  if (needsModel && !model.usable) return "Choose a model first: the one that was chosen is not available.";
  if (new TextEncoder().encode(content).length > MAX_BYTES) return "This is too long to be sent. Shorten it.";
  return "";
}

function ask(frame, { replaced = [], who = model.title, question = null, sent = "" }) {
  welcome(false);
  for (const article of replaced) article.hidden = true;
  const id = String(++count);
  const answer = new LiveAnswer(blank("answer", ""), who, socket, id);
  live = { answer, question, sent, edited, replaced, started: false };
  edited = null;
  const conversation = messages.dataset.conversation || null;
  socket.send({ type: "ask", id, conversation, model: model.value, ...frame });
  status(`Waiting for ${who}.`);
  box.focus();
  refresh();
  scroll.toEnd();
}

function submit() {
  const content = box.value;
  if (!content.trim()) return;
  const problem = obstacle(content, true);
  alarm(problem);
  if (problem) return;
  const old = edited && at(`message-${edited.id}`);
  const frame = old ? { content, edit_of: edited.id } : { content };
  const question = blank("question", content);
  box.value = edited?.draft ?? ""; // the draft in storage stays until the server has it
  ask(frame, { replaced: old ? [old, ...after(old, question)] : [], question, sent: content });
}

function retry(article, same) {
  const problem = obstacle("", !same);
  alarm(problem);
  if (problem) return;
  const frame = { content: "", retry_of: Number(article.dataset.message) };
  if (same && article.dataset.model !== model.id) frame.model = article.dataset.model;
  const who = same ? article.querySelector("h2").textContent : model.title;
  ask(frame, { replaced: [article, ...after(article)], who });
}

/** Return the articles between `article` and `end`. */
function after(article, end = null) {
  const all = [...messages.querySelectorAll("article")];
  return all.slice(all.indexOf(article) + 1, end ? all.indexOf(end) : undefined);
}

function halt() {
  if (!live) return;
  live.answer.state = "stopping";
  live.answer.tick();
  socket.send({ type: "stop", id: live.answer.id });
}
