/* Why a question has no answer: beside the button that asks. Another model may answer it. */
import { at } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { scrollTo } from "./form.js";
import { models } from "./models.js";

const { chat } = models; // if the model that writes the SQL fails, there is an answer
let asked = ""; // the ID of the model that failed

export function showFailure({ sentence, details, seconds, elsewhere, longer }, model) {
  at("failure-why").textContent = sentence;
  at("failure-after").textContent = fill(gettext("After {seconds} s."), { seconds });
  at("failure-details").hidden = !details;
  at("failure-details").querySelector("p").textContent = details ?? "";
  at("failure").hidden = false;
  asked = model;
  at("try-other").toggleAttribute("data-elsewhere", Boolean(elsewhere));
  at("try-other").toggleAttribute("data-longer", Boolean(longer));
  offerOther();
  scrollTo(at("failure"), "nearest");
}

export function hideFailure() {
  at("failure").hidden = true;
}

/** Offer the model that is chosen, or another one that may answer. */
function offerOther() {
  const button = at("try-other");
  const { elsewhere, longer } = button.dataset;
  const other = elsewhere === undefined ? null : chat.other(asked || chat.id, longer !== undefined);
  button.hidden = !other;
  if (!other) return;
  button.dataset.model = other.value;
  button.textContent = fill(gettext("Try with {title}"), { title: other.dataset.title });
}

chat.select.addEventListener("model", offerOther);
offerOther();
