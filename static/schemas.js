/* The tables that a question is about: pasted, kept, or a data source's own. */
"use strict";

const chosen = () => at("schema").selectedOptions[0];
const kindOf = () => at("schema").value.split(":")[0];

function schema() {
  const [kind, name] = at("schema").value.split(":");
  return kind === "source" ? { source: name } : at("ddl").value;
}

/** Show what belongs to the choice. */
function arrange() {
  at("paste").hidden = at("keeping").hidden = kindOf() === "source";
  at("forget").hidden = kindOf() !== "saved";
  look();
}

function chooseSchema() {
  const { dialect, text } = chosen().dataset;
  if (dialect) at("dialect").value = dialect;
  if (text) at("ddl").value = text;
  arrange();
}

// ── The live check ───────────────────────────────────────────────────────────────────────────

let looks = 0;
async function look() {
  const mine = ++looks;
  const given = schema();
  if (!given) return tellOfSchema([], false);
  try {
    const found = await (await post("/workflow/schema", { schema: given, dialect: at("dialect").value })).json();
    if (mine !== looks) return;
    const tables = found.tables.map((table) => `${table.name} (${table.columns.length})`).join(", ");
    const issues = found.issues.map((issue) => `${issue.line ? `Line ${issue.line}: ` : ""}${issue.message}`);
    const wrong = found.issues.some((issue) => issue.severity === "error");
    tellOfSchema([...(tables ? [`Tables: ${tables}.`] : []), ...issues], wrong);
  } catch (error) {
    if (mine === looks) tellOfSchema([words(error)], true);
  }
}

function tellOfSchema(lines, wrong) {
  at("ddl-says").textContent = lines.join("\n");
  at("ddl-says").classList.toggle("problem", wrong);
}

let typing = 0;
at("ddl").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(look, 400);
  if (at("schema").value) at("schema").value = "";
  at("forget").hidden = true;
});
at("dialect").addEventListener("change", look);
at("schemas").addEventListener("change", chooseSchema);

// ── Keeping and forgetting ───────────────────────────────────────────────────────────────────

async function keepSchema(replace) {
  const name = at("schema-name").value.trim();
  if (!name) return alarm("Give the schema a name.");
  const body = { name, dialect: at("dialect").value, text: at("ddl").value, replace };
  try {
    const { html, value } = await (await post("/workflow/keep", body)).json();
    at("schemas").innerHTML = html;
    at("schema").value = value;
    at("forget").hidden = false;
    alarm("");
    done(`Kept as ${name}.`);
  } catch (error) {
    if (error.code !== "precondition_failed") return say(error);
    if (confirm(`${error.message} Replace it?`)) await keepSchema(true);
  }
}

/** Forget the kept schema that is chosen. Its text stays in the box. */
async function forgetSchema() {
  const name = chosen().textContent;
  if (!confirm(`Forget the schema ${name}?`)) return;
  try {
    const answer = await post("/workflow/forget", { id: Number(at("schema").value.split(":")[1]) });
    at("schemas").innerHTML = (await answer.json()).html;
    at("schema").focus();
    alarm("");
    done(`Forgot ${name}.`);
  } catch (error) {
    say(error);
  }
}

at("keep").addEventListener("click", () => keepSchema(false));
at("schemas").addEventListener("click", ({ target }) => target.id === "forget" && forgetSchema());
arrange();
