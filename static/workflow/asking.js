/* Asks a question with progress, and stops it. */
import { at, flashStatus, setAlert, setStatus } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { showResult } from "./answer.js";
import { edits } from "./edits.js";
import { events } from "./events.js";
import { hideFailure, showFailure } from "./failure.js";
import { dropDraft, errorText, form, keepDraft, result, scrollTo } from "./form.js";
import { setAddress } from "./inquiries.js";
import { models } from "./models.js";
import { post } from "./posting.js";
import { progressText } from "./progress.js";
import { run } from "./running.js";
import { missingTables, schema } from "./schemas.js";

let request = null; // the AbortController of the question under way
let clock = 0;
let began = 0;
const seconds = () => Math.floor((Date.now() - began) / 1000);

/** Show that a question is under way, with the seconds it takes; null: none is. */
function setRequest(controller) {
  request = controller;
  at("ask").disabled = at("own-sql").disabled = Boolean(controller);
  if (!controller && document.activeElement === at("stop")) at("question").focus();
  at("stop").hidden = !controller;
  result.setAttribute("aria-busy", String(Boolean(controller)));
  clearInterval(clock);
  at("elapsed").textContent = "";
  if (controller) startClock();
}

/** Report beside the button what is going on. */
function setProgress(text) {
  at("progress-text").textContent = text;
}

function startClock() {
  began = Date.now();
  const showSeconds = () => {
    at("elapsed").textContent = `${seconds()} s`;
  };
  showSeconds();
  clock = setInterval(showSeconds, 1000);
}

/** Mark the answer below as one to another question. */
function markOutdated() {
  if (!result.childElementCount) return;
  const { question } = result.dataset;
  at("old").textContent = question
    ? fill(gettext("Below still is the answer to the question before: “{question}”."), { question })
    : gettext("Below still is the answer to the question before.");
  at("old").hidden = false;
  result.classList.add("outdated");
}

/** Return what is missing to ask, or an empty text. */
function missing(question) {
  if (!question.trim()) return gettext("Write a question first.");
  return missingTables();
}

/** Ask, with the models of the form, or with another one that understands the question. `mode` is as in the API. */
async function ask(question, model = models.chat.value, mode = "auto") {
  if (request) return;
  const problem = missing(question);
  setAlert(problem);
  if (problem) return at(question.trim() ? "ddl" : "question").focus();
  edits.drop();
  hideFailure();
  markOutdated();
  setRequest(new AbortController());
  setProgress(gettext("Asking."));
  scrollTo(at("progress"), "nearest");
  try {
    await showProgress(await post("/workflow/ask", payload(question, model, mode), request.signal), question, model);
  } catch (error) {
    setProgress(error.name === "AbortError" ? gettext("Stopped.") : "");
    if (error.name !== "AbortError") showFailure({ sentence: errorText(error), seconds: seconds() });
  } finally {
    setRequest(null);
    document.body.dispatchEvent(new CustomEvent("question-ended")); // what is left of budgets
  }
}

function payload(question, chat, mode) {
  const dialect = at("dialect").value;
  return { question, schema: schema(), dialect, chat, sql: models.sql.value, mode };
}

async function showProgress(response, question, model) {
  for await (const event of events(response)) {
    if (event.error) throw new Error(event.error.message);
    if (event.progress) setProgress(progressText(event.progress));
    if (event.failure) return showUnanswered(event, question, model);
    if (event.html) return showAnswer(event, question);
  }
  throw new Error(gettext("The answer broke off. Ask again."));
}

/** Show an answer. */
function showAnswer(event, question) {
  setProgress("");
  if (at("welcome")) at("welcome").hidden = true;
  showResult(event.html, question);
  keepStored(event, question, gettext("Done."));
  if (at("run")?.dataset.atOnce !== undefined) run();
}

/** Show why there is no answer. The question is kept. */
function showUnanswered(event, question, model) {
  setProgress("");
  keepStored(event, question, "");
  showFailure(event.failure, model || models.chat.default?.dataset.id);
}

/** Give what is stored its address: reloading shows it again. */
function keepStored({ inquiry, list, warning }, question, done) {
  if (warning) return setStatus(warning);
  const typed = at("question").value !== question; // the next question, meanwhile
  dropDraft();
  at("inquiries").innerHTML = list;
  setAddress(inquiry, question.slice(0, 80));
  if (typed) keepDraft();
  flashStatus(done);
}

function halt() {
  if (!request) return;
  request.abort();
  at("question").focus({ preventScroll: true });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(at("question").value);
});
at("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
at("stop").addEventListener("click", halt);
at("try-again").addEventListener("click", () => ask(at("question").value));
at("try-other").addEventListener("click", ({ target }) => ask(at("question").value, target.dataset.model));
document.addEventListener("keydown", (event) => event.key === "Escape" && halt());
result.addEventListener("click", ({ target }) => {
  const { means, term } = target.dataset;
  if (target.id === "ask-model") ask(result.dataset.question, models.chat.value, "model");
  if (!means) return;
  at("question").value += fill(gettext(" (“{term}” means: {means})"), { term, means });
  ask(at("question").value);
});
if (form.dataset.opened) result.dataset.question = at("question").defaultValue;
if (at("question").value !== at("question").defaultValue) markOutdated(); // a draft was there
