/* The files in the box, as chips: what is on the page is all there is of their state. */
import { at, setAlert } from "../../portal/dom.js";
import { fill, gettext, language } from "../../portal/words.js";
import { box, keepDraft, model, state } from "../state.js";
import { discard, fetchFiles, fillChip, idsIn } from "./requests.js";

const BYTES_A_TOKEN = 3; // as the server estimates
export const list = at("chips");

export const fileIds = () => idsIn(list);

const number = (count) => count.toLocaleString(language);

/** The chips have changed: keep them as the draft, unless the server has not taken the last question. */
export function changed() {
  showFit();
  if (!state.exchange || state.exchange.started) keepDraft();
}

export function clear() {
  list.replaceChildren();
  showFit();
}

/** Show the files with these IDs before those that are there. `kept`: the server keeps them, if they are removed. */
export async function load(ids = [], kept = false) {
  if (!ids.length) return;
  const chips = ids.map(() => document.createElement("li"));
  list.prepend(...chips);
  for (const [index, chip] of chips.entries()) {
    chip.className = "file";
    chip.dataset.id = ids[index];
    if (kept) chip.dataset.kept = "";
  }
  const items = await fetchFiles(ids);
  if (!items) {
    for (const chip of chips) chip.textContent = gettext("A file, which is not shown without a connection");
    return;
  }
  const loaded = new Map(items.map((item) => [item.dataset.id, item]));
  for (const chip of chips) {
    const item = loaded.get(chip.dataset.id);
    if (item) fillChip(chip, item);
    else chip.remove();
  }
  if (loaded.size < ids.length) setAlert(gettext("A file that was attached is gone. Attach it again."));
  changed();
}

export function remove(chip) {
  const { id, kept } = chip.dataset;
  chip.dispatchEvent(new CustomEvent("removed"));
  chip.remove();
  if (id && kept === undefined) discard([id]);
  changed();
  box.focus();
}

/** Return why the files cannot be sent to the chosen model, or an empty text. */
export function filesBlocker() {
  if (list.querySelector("[aria-busy=true]")) return gettext("A file is still being read. Wait for it, or remove it.");
  return list.querySelector("[data-picture]") ? unseen() : "";
}

/** Return which models see pictures, if the chosen one does not. */
export function unseen() {
  if (model.sees) return "";
  const others = model.seeing;
  const models = others.join(` ${gettext("or")} `);
  const remedy = others.length ? gettext("Choose {models}, or ask without them.") : gettext("No model here can.");
  return fill(`${gettext("{title} cannot see pictures.")} ${remedy}`, { title: model.title, models });
}

function showFit() {
  const { window } = model;
  const items = [...list.children];
  for (const item of items) {
    const of = item.querySelector(".window"); // pictures have none
    if (of) of.textContent = window ? ` ${fill(gettext("of {window}"), { window: number(window) })}` : "";
  }
  const typed = Math.ceil(new TextEncoder().encode(box.value).length / BYTES_A_TOKEN);
  const tokens = items.reduce((sum, item) => sum + Number(item.dataset.tokens ?? 0), typed);
  const excess = window && items.length && tokens > window ? tooMuch(tokens, window) : "";
  const text = (list.querySelector("[data-picture]") && unseen()) || excess;
  at("files-fit").hidden = !text;
  if (at("files-fit").textContent !== text) at("files-fit").textContent = text;
}

function tooMuch(tokens, window) {
  const text = gettext(
    "This is about {tokens} tokens, and {title} takes {window}. Remove a file, or choose a model that takes more.",
  );
  return fill(text, { tokens: number(tokens), title: model.title, window: number(window) });
}

list.addEventListener("click", ({ target }) => {
  if (target.closest("[data-file=remove]")) remove(target.closest(".file"));
});
document.addEventListener("model", showFit);
box.addEventListener("input", showFit);
