/* The page that asks several models one question: asks, stops, and keeps one of the answers. */
import { at, setAlert, setStatus } from "../../portal/dom.js";
import { fill, gettext } from "../../portal/words.js";
import { sendsByEnter } from "../enter.js";
import { Column } from "./column.js";
import { keep } from "./keeping.js";

const all = [...document.querySelectorAll(".column")].map((section) => new Column(section));
const box = at("question");
const form = at("composer");
const used = () => all.filter((column) => !column.section.hidden);

/** Show why nothing can be asked now, or an empty text. */
function blocker() {
  const ids = used().map((column) => column.model.id);
  if (used().some((column) => !column.model.usable)) return gettext("Choose a model in each column.");
  if (new Set(ids).size < ids.length) return gettext("Choose different models.");
  if (used().some((column) => !column.socket.open))
    return gettext("There is no connection to the portal. Your text is kept.");
  return "";
}

function submit() {
  const content = box.value;
  setAlert(content.trim() ? blocker() : "");
  if (!content.trim() || !at("alert").hidden) return;
  const blind = at("blind").checked;
  const models = used().map(({ model }) => ({ id: model.id, title: model.title }));
  if (blind) models.sort(() => Math.random() - 0.5);
  showQuestion(content);
  const asks = used().map((column, place) => ask(column, models[place], blind));
  askFirst(asks, { content, title: true, local_only: Boolean(at("local-only")?.checked) });
}

/** Return a function that asks `model` in a column, with the fields of a frame. */
function ask(column, model, blind) {
  column.hidden = blind;
  const title = blind ? fill(gettext("Answer {letter}"), { letter: column.letter }) : model.title;
  return { column, ask: (fields) => column.ask({ model: model.id, ...fields }, title) };
}

/** Ask the first model; when its question is stored, the others. One that is refused is passed over. */
function askFirst([first, ...others], fields) {
  if (!first) return showForm();
  first.column.addEventListener("start", ({ detail }) => {
    keepAddress(detail.conversation, first.column.hidden);
    const beside = { conversation: detail.conversation, beside: detail.user_message };
    for (const other of others) other.ask(beside);
  }, { once: true }); // biome-ignore format: one call
  first.column.addEventListener("refused", () => askFirst(others, fields), { once: true });
  first.ask(fields);
}

function keepAddress(conversation, blind) {
  at("columns").dataset.conversation = conversation;
  history.replaceState(history.state, "", `/compare/${conversation}${blind ? "?blind" : ""}`);
}

function showQuestion(content) {
  at("asked").textContent = content;
  showForm(false);
  setStatus(gettext("Asking."));
}

/** Show the form with its pickers, or what comes after it. */
function showForm(visible = true) {
  form.hidden = !visible;
  at("explanation").hidden = !visible;
  at("asked").hidden = visible;
  at("after").hidden = visible;
  for (const choice of document.querySelectorAll(".choice")) choice.hidden = !visible;
}

function refresh() {
  const running = all.some((column) => column.running);
  const wasRunning = !at("stop-all").hidden;
  at("stop-all").hidden = !running;
  if (wasRunning && !running) setStatus(gettext("All answers have ended."));
}

/** Choose another model in each column, where nothing was chosen before. */
function chooseDifferent() {
  const taken = new Set();
  for (const { model } of all) {
    if (taken.has(model.id)) {
      const free = [...model.select.options].filter(
        (o) => o.value && !taken.has(o.value) && o.dataset.unusable === undefined,
      );
      const next = free.find((option) => option.dataset.trouble === undefined) ?? free[0];
      if (next) model.choose(next.value);
    }
    taken.add(model.id);
  }
}

function toggleThird() {
  const { section } = all.at(-1);
  section.hidden = !section.hidden;
  at("third").textContent = section.hidden ? gettext("Add a third model") : gettext("Remove the third model");
}

function onlyLocal() {
  for (const { model } of all) model.onlyLocal(at("local-only").checked);
}

for (const column of all) column.addEventListener("change", refresh);
at("stop-all").addEventListener("click", () => {
  for (const column of all) column.stop();
});
at("columns").addEventListener("click", ({ target }) => {
  const button = target.closest("[data-do=keep]");
  if (button)
    keep(
      all,
      all.find((column) => column.section.contains(button)),
    );
});
if (form) {
  chooseDifferent();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  sendsByEnter(box, submit);
  at("third").addEventListener("click", toggleThird);
  at("local-only")?.addEventListener("change", onlyLocal);
}
