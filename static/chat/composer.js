/* The box for questions and the buttons of messages: drafts, keys, editing. */
import { at, setAlert } from "../portal/dom.js";
import { gettext } from "../portal/words.js";
import { source } from "./articles.js";
import { goOn, halt, retry, submit } from "./asking.js";
import { clear, fileIds, load } from "./attachments/chips.js";
import { idsIn } from "./attachments/requests.js";
import "./attachments/viewing.js";
import { copyActions } from "./copying.js";
import { isSending } from "./enter.js";
import { openPrompts } from "./prompts.js";
import { box, drafts, isTemporary, keepDraft, log, messages, model, refresh, state } from "./state.js";
import { versionActions } from "./versions.js";

function edit(article) {
  const { draft, files } = state.edited ?? { draft: box.value, files: fileIds() };
  state.edited = { id: Number(article.dataset.message), draft, files };
  box.value = source(article).textContent;
  clear();
  load(idsIn(article), true);
  keepDraft();
  setAlert("");
  refresh();
  box.focus();
}

function stopEditing() {
  const { draft, files } = state.edited;
  box.value = draft;
  state.edited = null;
  clear();
  load(files);
  keepDraft();
  refresh();
  box.focus();
}

const actions = {
  edit,
  continue: goOn,
  retry: (article) => retry(article, true),
  "retry-with": (article) => retry(article, false),
  "ask-instead": (article, button) => retry(article, true, { other: button.dataset.model }),
  ...copyActions,
  ...versionActions,
};

at("log").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const article = button?.closest("article");
  if (button?.dataset.example !== undefined) {
    box.value = [box.value, button.dataset.text].filter(Boolean).join("\n\n");
    keepDraft();
    box.focus();
  } else if (article) actions[button.dataset.do]?.(article, button);
});

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

box.addEventListener("input", keepDraft);
box.addEventListener("keydown", (event) => {
  if (isSending(event)) {
    event.preventDefault();
    submit();
  } else if (event.key === "/" && !box.value) {
    event.preventDefault();
    openPrompts();
  } else if (event.key === "ArrowUp" && !box.value && !state.exchange) {
    const last = [...messages.querySelectorAll(":scope > .user")].at(-1);
    if (last) edit(last);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
  if (event.target.matches("input, select")) return;
  if (state.exchange) halt();
  else if (state.again) state.again.stop();
  else if (state.edited) stopEditing();
});

at("stop").addEventListener("click", halt);
at("ask-now").addEventListener("click", () => state.again.ask());
at("ask-no-more").addEventListener("click", () => state.again.stop());
at("cancel-edit").addEventListener("click", stopEditing);
document.addEventListener("model", () => {
  refresh();
  const title = document.querySelector("[data-model-title]");
  if (title) title.textContent = model.usable ? model.title : gettext("No model");
});
model.select.addEventListener("change", () => setAlert("")); // it was about the model before
document.querySelector("form[action$=sign-out]").addEventListener("submit", () => drafts.clear());

function restoreDraft() {
  if (isTemporary) return;
  const draft = drafts.load(messages.dataset.conversation);
  if (!(draft.text || draft.files) || box.value) return;
  box.value = draft.text;
  state.edited = draft.edited && at(`message-${draft.edited.id}`) ? draft.edited : null;
  load(draft.files, Boolean(state.edited));
}

restoreDraft();
refresh();
if (messages.querySelector("article")) log.follow();
