/* Shows an answer in place of the one before. */
import { at } from "../portal/dom.js";
import { dropWords } from "./changing.js";
import { edits } from "./edits.js";
import { result, scrollTo } from "./form.js";

export function showResult(html, question) {
  edits.reset();
  dropWords();
  result.innerHTML = html;
  result.dataset.question = question;
  result.classList.remove("outdated");
  at("old").hidden = true;
  result.focus({ preventScroll: true });
  scrollTo(result);
}
