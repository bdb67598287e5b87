/* What the modules of this page share: its form and result, its drafts, and how it shows errors. */
import { at, setAlert } from "../portal/dom.js";
import { Drafts } from "../portal/drafts.js";
import { gettext } from "../portal/words.js";

export const form = at("inquiry");
export const result = at("result");
const drafts = new Drafts(form.dataset.user);
const DRAFT = ["question", "ddl", "schema", "dialect"]; // fields that are kept until they are asked

export const errorText = (error) =>
  error instanceof TypeError ? gettext("The portal cannot be reached. Your text is kept.") : error.message;
export const showError = (error) => setAlert(errorText(error));

export function scrollTo(element, block = "start") {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block, behavior: still ? "instant" : "smooth" });
}

/** Keep what the form has, in this tab, for this address. Drafts keep only what has a text. */
export function keepDraft() {
  const fields = Object.fromEntries(DRAFT.map((id) => [id, at(id).value]));
  const empty = !fields.question && !fields.ddl && !form.dataset.opened;
  drafts.save(location.pathname, empty ? {} : { text: " ", fields });
}

export const dropDraft = () => drafts.save(location.pathname, {});

function restoreDraft() {
  const fields = drafts.load(location.pathname).fields ?? {};
  for (const id of DRAFT) {
    if (fields[id] === undefined) continue;
    const field = at(id);
    const fits = field.tagName !== "SELECT" || [...field.options].some((option) => option.value === fields[id]);
    if (fits) field.value = fields[id];
  }
}

form.addEventListener("input", keepDraft);
form.addEventListener("change", keepDraft);
document.querySelector("form[action$=sign-out]").addEventListener("submit", () => drafts.clear());
restoreDraft();
