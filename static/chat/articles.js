/* The articles of a conversation: one for each question and each answer. */
import { at } from "../portal/dom.js";
import { messages } from "./state.js";

/** Return an empty article: kind is "question" or "answer". */
export function blank(kind, text) {
  const article = at(`blank-${kind}`).content.firstElementChild.cloneNode(true);
  article.querySelector(".body").textContent = text;
  return article;
}

export function appendBlank(kind, text) {
  const article = blank(kind, text);
  messages.append(article);
  return article;
}

/** Show copies of files at a question. */
export function showFiles(article, files) {
  const copies = [...files].map((file) => file.cloneNode(true));
  for (const copy of copies) copy.querySelector(".remove")?.remove();
  article.querySelector(".files").replaceChildren(...copies);
}

/** Give an article the ID of its message. */
export function setMessage(article, id) {
  article.id = `message-${id}`;
  article.dataset.message = id;
  article.querySelector("h2").id = `by-${id}`;
  article.setAttribute("aria-labelledby", `by-${id}`);
}

/** Return the articles between `article` and `end`. */
export function articlesAfter(article, end = null) {
  const all = [...messages.querySelectorAll("article")];
  return all.slice(all.indexOf(article) + 1, end ? all.indexOf(end) : undefined);
}

/** The text of a message as it was sent or received. */
export const source = (article) => article.querySelector(".source").content;
