/* Asking with progress, stopping, and the list of what was asked before. */
"use strict";

const STEPS = { ask: "is being asked", check: "has answered; its answer is being checked" };
const ROLES = { chat: "The model that understands the question", sql: "The model that writes SQL" };
let asking = null; // AbortController while a question is under way
let clock = 0;

/** Yield the events of an answer. */
async function* events(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) if (part.startsWith("data: ")) yield JSON.parse(part.slice(6));
  }
}

function busy(controller) {
  asking = controller;
  at("ask").disabled = Boolean(controller);
  if (!controller && document.activeElement === at("stop")) at("question").focus();
  at("stop").hidden = !controller;
  result.setAttribute("aria-busy", String(Boolean(controller)));
  clearInterval(clock);
  at("elapsed").textContent = "";
  const began = Date.now();
  const tick = () => (at("elapsed").textContent = `${Math.floor((Date.now() - began) / 1000)} s`);
  if (!controller) return;
  tick();
  clock = setInterval(tick, 1000);
}

/** Say of the answer below that it is to another question. */
function outdate() {
  if (!result.childElementCount) return;
  const before = result.dataset.question;
  at("old").textContent = `Below still is the answer to the question before${before ? `: “${before}”` : ""}.`;
  at("old").hidden = false;
  result.classList.add("outdated");
}

function obstacle(question) {
  if (!question.trim()) return "Write a question first.";
  return schema() ? "" : "Paste CREATE TABLE statements, or choose tables.";
}

async function ask(question) {
  if (asking) return;
  const problem = obstacle(question);
  alarm(problem);
  if (problem) return at(question.trim() ? "ddl" : "question").focus();
  edits++; // what an edit answers now is of the answer before
  outdate();
  busy(new AbortController());
  status("Asking.");
  try {
    const [chat, sql] = ["chat", "sql"].map((capability) => ModelSelect.of(at(`model-${capability}`)).value);
    const body = { question, schema: schema(), dialect: at("dialect").value, chat, sql };
    await follow(await post("/workflow/ask", body, asking.signal), question);
  } catch (error) {
    status("");
    if (error.name === "AbortError") status("Stopped.");
    else say(error);
  } finally {
    busy(null);
  }
}

async function follow(answer, question) {
  for await (const news of events(answer)) {
    if (news.error) throw new Error(news.error.message);
    if (news.progress) tellProgress(news.progress);
    if (news.html) return showAnswer(news, question);
  }
  throw new Error("The answer broke off. Ask again.");
}

function tellProgress({ role, step, attempt }) {
  status(`${ROLES[role]} ${STEPS[step]}${attempt > 1 ? ` (attempt ${attempt})` : ""}.`);
}

/** Show an answer, and give it its address: reloading shows it again. */
function showAnswer({ html, inquiry, list }, question) {
  const typed = at("question").value !== question; // the next question, meanwhile
  dropDraft();
  edits++;
  pending = Promise.resolve(true);
  failed = null;
  latest = "";
  result.innerHTML = html;
  result.dataset.question = question;
  result.classList.remove("outdated");
  at("old").hidden = true;
  at("inquiries").innerHTML = list;
  address(inquiry, question.slice(0, 80));
  if (typed) keepDraft();
  done("Done.");
  result.focus({ preventScroll: true });
  reveal(result);
}

function address(inquiry, title) {
  form.dataset.opened = inquiry ?? "";
  document.title = title;
  history.replaceState(history.state, "", inquiry ? `/workflow/${inquiry}` : "/workflow");
}

async function forgetInquiry({ dataset }) {
  if (!confirm(`Delete “${dataset.title}” for good?`)) return;
  const opened = Number(form.dataset.opened) || null;
  try {
    const answer = await post("/workflow/delete", { id: Number(dataset.delete), opened });
    at("inquiries").innerHTML = (await answer.json()).html;
    at("before").focus();
    done("Deleted.");
    if (opened !== Number(dataset.delete)) return;
    dropDraft(); // of an address that is gone
    address(null, "Generate SQL");
    keepDraft();
  } catch (error) {
    say(error);
  }
}

function halt() {
  if (!asking) return;
  asking.abort();
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
document.addEventListener("keydown", (event) => event.key === "Escape" && halt());
at("inquiries").addEventListener("click", ({ target }) => target.dataset.delete && forgetInquiry(target));
result.addEventListener("click", ({ target }) => {
  const { means, term } = target.dataset;
  if (!means) return;
  at("question").value += ` (“${term}” means: ${means})`;
  ask(at("question").value);
});
if (form.dataset.opened) result.dataset.question = at("question").defaultValue;
if (at("question").value !== at("question").defaultValue) outdate(); // a draft was there
