/* The page that asks several models one question: asks, stops, and keeps one of the answers. */
import { at, setAlert, setStatus } from "../../portal/dom.js";
import { fill, gettext } from "../../portal/words.js";
import { sendsByEnter } from "../enter.js";
import { sentenceOf } from "../sentence.js";
import { Column } from "./column.js";
import { keep } from "./keeping.js";

const all = [...document.querySelectorAll(".column")].map((section) => new Column(section));
const box = at("question");
const form = at("composer");
const MAX_BYTES = 500_000; // of a question; the server accepts a little more
let state = { asking: false, stopped: false };
let letters = ""; // of the answers that the server has
const used = () => all.filter((column) => !column.section.hidden);

/** Show why nothing can be asked now, or an empty text. */
function blocker() {
  const ids = used().map((column) => column.model.id);
  if (used().some((column) => !column.model.usable)) return gettext("Choose a model in each column.");
  if (new Set(ids).size < ids.length) return gettext("Choose different models.");
  if (new TextEncoder().encode(box.value).length > MAX_BYTES)
    return gettext("This is too long to be sent. Shorten it.");
  if (used().some((column) => !column.socket.open))
    return gettext("There is no connection to the portal. Your text is kept.");
  return "";
}

async function submit() {
  await Promise.all(used().map((column) => column.socket.reached()));
  if (form.hidden) return; // it was sent while the page connected
  const content = box.value;
  setAlert(content.trim() ? blocker() : "");
  if (!content.trim() || !at("alert").hidden) return;
  showQuestion(content);
  const fields = { content, title: true, local_only: Boolean(at("local-only")?.checked) };
  askAll(asksOf(at("blind").checked), fields);
}

/** Return a column and what it asks, for each; the models in any order, if they are hidden. */
function asksOf(blind) {
  const models = used().map(({ model }) => ({ id: model.id, title: model.title }));
  if (blind) shuffle(models);
  return used().map((column, place) => {
    column.hidden = blind;
    const title = blind ? fill(gettext("Answer {letter}"), { letter: column.letter }) : models[place].title;
    return { column, title, model: models[place].id };
  });
}

function shuffle(list) {
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [list[last], list[other]] = [list[other], list[last]];
  }
}

/** Ask one model after the other: the first stores the question, and the others answer beside it. */
async function askAll(asks, first) {
  let fields = first;
  let refusal = null;
  state = { asking: true, stopped: false };
  for (const { column, title, model } of asks) {
    if (state.stopped) break;
    const frame = await column.ask({ model, ...fields }, title);
    if (!frame) return lost(fields.conversation);
    if (frame.type === "start") {
      fields = { conversation: frame.conversation, beside: fields.beside ?? frame.user_message };
      keepAddress(frame.conversation, column);
    } else refusal = frame.error;
  }
  state.asking = false;
  if (!fields.conversation) showForm();
  if (!fields.conversation && refusal) setAlert(sentenceOf(refusal));
  refresh();
}

/** The connection was lost before a model began. The server knows whether it answers. */
function lost(conversation) {
  state.asking = false;
  if (conversation) return location.reload();
  showForm();
  setAlert(gettext("The connection was lost. If the question arrived, it is among your conversations."));
}

function keepAddress(conversation, { hidden, letter }) {
  at("columns").dataset.conversation = conversation;
  letters += letter;
  history.replaceState(history.state, "", `/compare/${conversation}${hidden ? `?blind=${letters}` : ""}`);
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
  const running = state.asking || all.some((column) => column.running);
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
  if (!section.hidden) all.at(-1).connect();
  at("third").textContent = section.hidden ? gettext("Add a third model") : gettext("Remove the third model");
}

function onlyLocal() {
  for (const { model } of all) model.onlyLocal(at("local-only").checked);
}

for (const column of all) column.addEventListener("change", refresh);
at("stop-all").addEventListener("click", () => {
  state.stopped = true;
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
