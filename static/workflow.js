/*
 * The page that turns questions into SQL: what its scripts share. Choosing tables stands in
 * schemas.js, edits of an answer in edits.js, asking in inquiry.js.
 */
"use strict";

const at = (id) => document.getElementById(id);
const form = at("inquiry"), result = at("result");
const drafts = new Drafts(form.dataset.user);
const DRAFT = ["question", "ddl", "schema", "dialect"]; // fields that are kept until they are asked

// ── What the reader is told ──────────────────────────────────────────────────────────────────

let fading = 0;
function status(text) {
  clearTimeout(fading);
  at("status").textContent = text;
}

/** Tell that something is done: a word that goes away again. */
function done(text) {
  status(text);
  fading = setTimeout(() => status(""), 6000);
}

function alarm(text) {
  at("alert").textContent = text;
  at("alert").hidden = !text;
}

const words = (error) => (error instanceof TypeError ? "The portal cannot be reached. Your text is kept." : error.message);
const say = (error) => alarm(words(error));

function reveal(element) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: still ? "instant" : "smooth" });
}

// ── What was typed and not asked ─────────────────────────────────────────────────────────────

const fields = () => Object.fromEntries(DRAFT.map((id) => [id, at(id).value]));

/** Keep what the form has, in this tab, for this address. Drafts keep only what has a text. */
function keepDraft() {
  const { question, ddl } = fields();
  const empty = !question && !ddl && !form.dataset.opened;
  drafts.save(location.pathname, empty ? {} : { text: " ", fields: fields() });
}

const dropDraft = () => drafts.save(location.pathname, {});

function restoreDraft() {
  const kept = drafts.load(location.pathname).fields ?? {};
  for (const id of DRAFT) {
    if (kept[id] === undefined) continue;
    const known = at(id).tagName !== "SELECT" || [...at(id).options].some((option) => option.value === kept[id]);
    if (known) at(id).value = kept[id];
  }
}

form.addEventListener("input", keepDraft);
form.addEventListener("change", keepDraft);
document.querySelector("form[action$=sign-out]").addEventListener("submit", () => drafts.clear());
restoreDraft();
