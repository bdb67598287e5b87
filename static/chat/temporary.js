/*
 * A temporary conversation: the portal stores nothing, so this page is all there is of it. It sends
 * the conversation with each question, and numbers the messages itself.
 */

import { source } from "./articles.js";
import { idsIn } from "./attachments/requests.js";
import { messages } from "./state.js";

const MAX_CHARS = 500_000; // of an answer that the server renders; a longer one stays plain text
const MAX_THOUGHTS = 50_000;
let last = 0;

export const nextNumber = () => ++last;

/** Return the frame that asks what `frame` does, with the conversation so far. */
export function temporaryFrame({ content, attachments = [], retry_of, model }) {
  const kept = [...messages.querySelectorAll(":scope > article")].filter((a) => !a.hidden && a.dataset.message);
  const history = kept.map((article) => ({
    role: article.classList.contains("user") ? "user" : "assistant",
    content: source(article).textContent,
    attachments: idsIn(article),
  }));
  const question = retry_of ? history.pop() : { content, attachments };
  const said = history.filter((turn) => turn.content || turn.attachments.length);
  const frame = { content: question.content, attachments: question.attachments, temporary: true, history: said };
  return model ? { ...frame, model } : frame;
}

/** Replace an answer by the server's rendering, which stores nothing either. */
export async function renderTemporary({ answer, replaced, resolution, outcome }) {
  for (const article of replaced) article.remove();
  if (answer.text.length > MAX_CHARS) return;
  const { article, text, thought, thoughtMs } = answer;
  const values = {
    number: article.dataset.message,
    content: text,
    thoughts: thought.slice(0, MAX_THOUGHTS),
    thought_ms: thoughtMs ?? "",
    model: resolution.id,
    resolved_by: resolution.resolved_by,
    asked: resolution.asked ?? "",
    because: resolution.because ?? "",
    ...outcome,
  };
  await htmx.ajax("POST", "/chat/rendered", { target: article, swap: "outerHTML", values });
}
