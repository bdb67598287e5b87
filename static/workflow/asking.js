/* Asks a question with progress, and stops it. */
import { at, flashStatus, setAlert, setStatus } from "../portal/dom.js";
import { showResult } from "./answer.js";
import { edits } from "./edits.js";
import { events } from "./events.js";
import { hideFailure, showFailure } from "./failure.js";
import { dropDraft, errorText, form, keepDraft, result } from "./form.js";
import { setAddress } from "./inquiries.js";
import { models } from "./models.js";
import { post } from "./posting.js";
import { progressText } from "./progress.js";
import { run } from "./running.js";
import { schema } from "./schemas.js";

let request = null; // the AbortController of the question under way
let clock = 0;
let began = 0;
const seconds = () => Math.floor((Date.now() - began) / 1000);

/** Show that a question is under way, with the seconds it takes; null: none is. */
function setRequest(controller) {
  request = controller;
  at("ask").disabled = Boolean(controller);
  if (!controller && document.activeElement === at("stop")) at("question").focus();
  at("stop").hidden = !controller;
  result.setAttribute("aria-busy", String(Boolean(controller)));
  clearInterval(clock);
  at("elapsed").textContent = "";
  if (controller) startClock();
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
  at("old").textContent = `Below still is the answer to the question before${question ? `: “${question}”` : ""}.`;
  at("old").hidden = false;
  result.classList.add("outdated");
}

/** Return what is missing to ask, or an empty text. */
function missing(question) {
  if (!question.trim()) return "Write a question first.";
  return schema() ? "" : "Paste CREATE TABLE statements, or choose tables.";
}

async function ask(question) {
  if (request) return;
  const problem = missing(question);
  setAlert(problem);
  if (problem) return at(question.trim() ? "ddl" : "question").focus();
  edits.drop();
  hideFailure();
  markOutdated();
  setRequest(new AbortController());
  setStatus("Asking.");
  try {
    await showProgress(await post("/workflow/ask", payload(question), request.signal), question);
  } catch (error) {
    setStatus(error.name === "AbortError" ? "Stopped." : "");
    if (error.name !== "AbortError") showFailure({ sentence: errorText(error), seconds: seconds() });
  } finally {
    setRequest(null);
  }
}

function payload(question) {
  const dialect = at("dialect").value;
  return { question, schema: schema(), dialect, chat: models.chat.value, sql: models.sql.value };
}

async function showProgress(response, question) {
  for await (const event of events(response)) {
    if (event.error) throw new Error(event.error.message);
    if (event.progress) setStatus(progressText(event.progress));
    if (event.failure) return showUnanswered(event, question);
    if (event.html) return showAnswer(event, question);
  }
  throw new Error("The answer broke off. Ask again.");
}

/** Show an answer. */
function showAnswer(event, question) {
  if (at("welcome")) at("welcome").hidden = true;
  showResult(event.html, question);
  keepStored(event, question, "Done.");
  if (at("run")?.dataset.atOnce !== undefined) run();
}

/** Show why there is no answer. The question is kept. */
function showUnanswered(event, question) {
  keepStored(event, question, "");
  showFailure(event.failure);
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
document.addEventListener("keydown", (event) => event.key === "Escape" && halt());
result.addEventListener("click", ({ target }) => {
  const { means, term } = target.dataset;
  if (!means) return;
  at("question").value += ` (“${term}” means: ${means})`;
  ask(at("question").value);
});
if (form.dataset.opened) result.dataset.question = at("question").defaultValue;
if (at("question").value !== at("question").defaultValue) markOutdated(); // a draft was there
