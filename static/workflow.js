/*
 * The page that turns questions into SQL: asking with progress, stopping, and edits. Each edit goes
 * to the server, which checks it and shows every part anew; a late answer never replaces a newer.
 */
"use strict";

const at = (id) => document.getElementById(id);
const form = at("inquiry");
const result = at("result");
const STEPS = { ask: "is being asked", check: "has answered; its answer is being checked" };
const ROLES = { chat: "The model that understands the question", sql: "The model that writes SQL" };
let asking = null; // AbortController while a question is under way
let edits = 0;

function alarm(text) {
  at("alert").textContent = text;
  at("alert").hidden = !text;
}

function status(text) {
  at("status").textContent = text;
}

/** Post JSON as the signed-in user. Throws an Error with the server's own words. */
async function post(path, body, signal) {
  const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (answer.ok) return answer;
  if (answer.status === 401) throw new Error("You are not signed in any more. Sign in again in another tab; your text stays here.");
  const { message, request_id: id } = (await answer.json().catch(() => null))?.error ?? {};
  if (!message) throw new Error(`The portal answered ${answer.status}.`);
  throw new Error(answer.status === 500 ? `${message} (request ${id})` : message);
}

const say = (error) => alarm(error instanceof TypeError ? "The portal cannot be reached. Your text is kept." : error.message);

// ── The schema ───────────────────────────────────────────────────────────────────────────────

const chosen = () => at("schema").selectedOptions[0];

function schema() {
  const [kind, name] = at("schema").value.split(":");
  return kind === "source" ? { source: name } : at("ddl").value;
}

function chooseSchema() {
  const option = chosen();
  const kind = option.value.split(":")[0];
  at("paste").hidden = kind === "source";
  at("forget").hidden = kind !== "saved";
  if (option.dataset.dialect) at("dialect").value = option.dataset.dialect;
  if (kind === "saved") at("ddl").value = option.dataset.text;
  look();
}

let looks = 0;
async function look() {
  const mine = ++looks;
  const says = at("ddl-says");
  const given = schema();
  says.classList.remove("problem");
  if (!given) return void (says.textContent = "");
  try {
    const found = await (await post("/workflow/schema", { schema: given, dialect: at("dialect").value })).json();
    if (mine !== looks) return;
    const tables = found.tables.map((table) => `${table.name} (${table.columns.length})`).join(", ");
    const issues = found.issues.map((issue) => `${issue.line ? `line ${issue.line}: ` : ""}${issue.message}`);
    says.textContent = [...(tables ? [`Tables: ${tables}.`] : []), ...issues].join(" ");
    says.classList.toggle("problem", found.issues.some((issue) => issue.severity === "error"));
  } catch (error) {
    if (mine !== looks) return;
    says.textContent = error.message;
    says.classList.add("problem");
  }
}

let typing = 0;
at("ddl").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(look, 400);
  if (at("schema").value) at("schema").value = "";
  at("forget").hidden = true;
});
at("dialect").addEventListener("change", look);
form.addEventListener("change", (event) => event.target.id === "schema" && chooseSchema());

async function changeSchemas(path, fields) {
  const token = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  const answer = await fetch(path, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(fields) });
  if (!answer.ok) return alarm(await answer.text());
  alarm("");
  at("schemas").innerHTML = await answer.text();
  return true;
}

at("keep").addEventListener("click", async () => {
  const name = at("schema-name").value.trim();
  if (!name) return alarm("Give the schema a name.");
  const kept = await changeSchemas("/workflow/schemas", { name, dialect: at("dialect").value, text: at("ddl").value });
  if (!kept) return;
  const option = [...at("schema").options].find((one) => one.textContent === name);
  if (option) at("schema").value = option.value;
  at("forget").hidden = !option;
  status(`Kept as ${name}.`);
});

// ── Asking ───────────────────────────────────────────────────────────────────────────────────

function show(html, focus) {
  const active = document.activeElement?.id;
  result.innerHTML = html;
  if (focus) result.focus({ preventScroll: true });
  else if (active) at(active)?.focus({ preventScroll: true });
}

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
  at("stop").hidden = !controller;
  result.setAttribute("aria-busy", String(Boolean(controller)));
}

async function ask(question) {
  if (asking) return;
  if (!question.trim()) return alarm("Write a question first.");
  if (!schema()) return alarm("Paste CREATE TABLE statements, or choose tables.");
  const [chat, sql] = ["chat", "sql"].map((capability) => ModelSelect.of(at(`model-${capability}`)).value);
  const controller = new AbortController();
  alarm("");
  busy(controller);
  status("Asking.");
  edits++;
  let ended = false;
  try {
    const body = { question, schema: schema(), dialect: at("dialect").value, chat, sql };
    for await (const news of events(await post("/workflow/ask", body, controller.signal))) {
      if (news.error) throw new Error(news.error.message);
      if (news.progress) {
        const { role, step, attempt } = news.progress;
        status(`${ROLES[role]} ${STEPS[step]}${attempt > 1 ? ` (attempt ${attempt})` : ""}.`);
      }
      if (news.html) {
        ended = true;
        show(news.html, true);
        status("Done.");
      }
    }
    if (!ended) throw new Error("The answer broke off. Ask again.");
  } catch (error) {
    status("");
    if (error.name === "AbortError") status("Stopped.");
    else say(error);
  } finally {
    busy(null);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(at("question").value);
});
at("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
at("stop").addEventListener("click", () => asking?.abort());
document.addEventListener("keydown", (event) => event.key === "Escape" && asking?.abort());
form.addEventListener("click", (event) => {
  if (event.target.id !== "forget") return;
  changeSchemas(`/workflow/schemas/${chosen().value.split(":")[1]}/delete`, {});
});

// ── Edits ────────────────────────────────────────────────────────────────────────────────────

const state = () => JSON.parse(at("result-state").textContent);

async function edit(what, more) {
  const mine = ++edits;
  const { schema, dialect } = state();
  alarm("");
  status("Checking.");
  try {
    const answer = await (await post("/workflow/edit", { what, schema, dialect, ...more })).json();
    if (mine !== edits) return;
    show(answer.html);
    status(answer.valid ? "Checked." : "That is not valid yet: see what is wrong.");
  } catch (error) {
    if (mine !== edits) return;
    status("");
    say(error);
  }
}

function clauses() {
  return Object.fromEntries([...result.querySelectorAll("[data-clause]")].map((box) => [box.dataset.clause, box.value]));
}

result.addEventListener("change", (event) => {
  if (event.target.dataset.clause) edit("clauses", { clauses: clauses() });
  if (event.target.id === "target") {
    const { ir } = state();
    if (ir) edit("dialect", { ir, target: event.target.value });
  }
});

let rows = ""; // of the last run, as CSV
const CLICKS = {
  "apply-sql": () => edit("sql", { text: at("sql-text").value }),
  "apply-ir": () => edit("ir", { text: at("ir-text").value }),
  "edit-sql": () => {
    at("sql-box").hidden = !at("sql-box").hidden;
    at("edit-sql").setAttribute("aria-expanded", String(!at("sql-box").hidden));
    if (!at("sql-box").hidden) at("sql-text").focus();
  },
  run: async () => {
    const button = at("run");
    button.disabled = true;
    status("Running.");
    try {
      const { html, csv } = await (await post("/workflow/run", { source: button.dataset.source, ir: state().ir })).json();
      rows = csv;
      at("rows").innerHTML = html;
      status("Done.");
    } catch (error) {
      status("");
      say(error);
    } finally {
      button.disabled = false;
    }
  },
  csv: () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([rows], { type: "text/csv" }));
    link.download = "rows.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  },
  copy: async () => {
    try {
      await navigator.clipboard.writeText(at("sql").textContent);
      status("Copied.");
    } catch {
      getSelection().selectAllChildren(at("sql"));
      status("It is selected: copy it with Ctrl+C.");
    }
  },
};
result.addEventListener("click", (event) => {
  CLICKS[event.target.id]?.();
  const { means, term } = event.target.dataset;
  if (!means) return;
  at("question").value += ` (“${term}” means: ${means})`;
  ask(at("question").value);
});

if (schema()) look();
