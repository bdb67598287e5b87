/*
 * A question that the portal did not take: why, in plain words, above the box that has its text
 * again. The portal's own words and the request's ID are under "Details".
 */
import { at, setAlert } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { sentenceOf } from "./sentence.js";
import { model } from "./state.js";

function details({ message, request_id }) {
  const box = Object.assign(document.createElement("details"), { className: "why" });
  const summary = Object.assign(document.createElement("summary"), { textContent: gettext("Details") });
  const own = Object.assign(document.createElement("span"), { lang: "en", textContent: message });
  const words = document.createElement("p");
  words.append(own, ` ${gettext("Request:")} ${request_id}`);
  box.append(summary, words);
  return box;
}

/** Return a button that asks another model, if one may answer. */
function instead({ plain }, { asked, elsewhere }) {
  const other = plain?.elsewhere && model.other(asked, plain.longer);
  if (!other) return "";
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.textContent = fill(gettext("Try with {title}"), { title: other.dataset.title });
  button.addEventListener("click", () => elsewhere(other.value));
  return button;
}

/** Show why the question of `exchange` was not taken. */
export function showRefusal(error, exchange) {
  setAlert(sentenceOf(error));
  at("alert").append(" ", instead(error, exchange), details(error));
}
