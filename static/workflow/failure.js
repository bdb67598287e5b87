/* Why a question has no answer: beside the button that asks. */
import { at } from "../portal/dom.js";
import { scrollTo } from "./form.js";

export function showFailure({ sentence, details, seconds }) {
  at("failure-why").textContent = sentence;
  at("failure-after").textContent = `After ${seconds} s.`;
  at("failure-details").hidden = !details;
  at("failure-details").querySelector("p").textContent = details ?? "";
  at("failure").hidden = false;
  scrollTo(at("failure"), "nearest");
}

export function hideFailure() {
  at("failure").hidden = true;
}
