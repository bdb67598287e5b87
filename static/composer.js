/* The box to ask in and the buttons of messages: drafts, keys, editing, copying. */
"use strict";

function keepDraft() {
  drafts.save(messages.dataset.conversation, { text: box.value, edited });
}

function edit(article) {
  edited = { id: Number(article.dataset.message), draft: edited ? edited.draft : box.value };
  box.value = text(article);
  keepDraft();
  alarm("");
  refresh();
  box.focus();
}

function stopEditing() {
  box.value = edited.draft;
  edited = null;
  keepDraft();
  refresh();
  box.focus();
}

const text = (article) => article.querySelector(".source").content.textContent;

/** Copy, also where the page came by plain http, for which browsers have no clipboard. */
async function copy(value) {
  if (navigator.clipboard) return navigator.clipboard.writeText(value);
  const area = Object.assign(document.createElement("textarea"), { value });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

const actions = {
  edit,
  retry: (article) => retry(article, true),
  "retry-with": (article) => retry(article, false),
  async copy(article, button) {
    await copy(text(article));
    button.focus();
    button.textContent = "Copied";
    status("Copied.");
    setTimeout(() => (button.textContent = "Copy"), 1500);
  },
};

at("log").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const article = button?.closest("article");
  if (button?.dataset.example !== undefined) {
    box.value = [box.value, button.textContent].filter(Boolean).join("\n\n");
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
  if (event.target.matches("input, select")) return;
  if (live) halt();
  else if (edited) stopEditing();
});

stop.addEventListener("click", halt);
at("cancel-edit").addEventListener("click", stopEditing);
document.addEventListener("model", () => {
  refresh();
  const told = document.querySelector("[data-model-title]");
  if (told) told.textContent = model.usable ? model.title : "No model";
});
model.select.addEventListener("change", () => alarm("")); // of the model before
document.querySelector("form[action$=sign-out]").addEventListener("submit", () => drafts.clear());

{
  const draft = drafts.load(messages.dataset.conversation);
  if (draft.text && !box.value) {
    box.value = draft.text;
    edited = draft.edited && at(`message-${draft.edited.id}`) ? draft.edited : null;
  }
}
refresh();
if (messages.querySelector("article")) scroll.follow();
