/* Saved prompts: `/` in an empty box opens them. Words in double braces are asked for. */
import { at } from "../portal/dom.js";
import { box, keepDraft } from "./state.js";

const dialog = at("prompt-dialog");
const search = at("prompt-search");
const offers = at("prompt-offers");
const words = at("prompt-words");
const WORD = /\{\{\s*([^{}\n]{1,60}?)\s*\}\}/g;

export function openPrompts() {
  search.value = "";
  showWords([]);
  htmx.trigger(offers, "open");
  dialog.showModal();
  search.focus();
}

function filter() {
  const wanted = search.value.trim().toLowerCase();
  for (const item of offers.children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
}

/** Show a field for each word that a prompt asks for, and no list. */
function showWords(names) {
  const asks = names.length > 0;
  words.hidden = at("use-prompt").hidden = !asks;
  offers.hidden = search.hidden = asks;
  words.replaceChildren(...names.map(field));
  words.querySelector("input")?.focus();
}

function field(name) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { name, dir: "auto", autocomplete: "off" });
  label.append(name, input);
  return label;
}

function choose(text) {
  const names = [...new Set([...text.matchAll(WORD)].map(([, name]) => name))];
  dialog.dataset.text = text;
  if (names.length) showWords(names);
  else dialog.close("use");
}

/** Put the chosen prompt into the box, with the words that were given. */
function use() {
  const given = new Map([...words.querySelectorAll("input")].map((input) => [input.name, input.value]));
  const text = dialog.dataset.text.replace(WORD, (whole, name) => given.get(name) || whole);
  box.value = [box.value, text].filter((part) => part.trim()).join("\n\n");
  keepDraft();
}

offers.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button) choose(button.dataset.text);
});
search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault(); // the first one that is shown
  offers.querySelector("li:not([hidden]) > button")?.click();
});
dialog.addEventListener("close", () => {
  if (dialog.returnValue === "use") use();
  dialog.returnValue = "";
  box.focus();
});
