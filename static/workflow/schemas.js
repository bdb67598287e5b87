/* The tables that a question is about: pasted, saved, or a data source's own. */
import { at, flashStatus, setAlert } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { errorText, showError } from "./form.js";
import { post } from "./posting.js";
import { schemaLines } from "./progress.js";

const option = () => at("schema").selectedOptions[0];
const kind = () => at("schema").value.split(":")[0];

/** Return the schema as the portal takes it: the name of a source, or DDL. */
export function schema() {
  const [kind, name] = at("schema").value.split(":");
  return kind === "source" ? { source: name } : at("ddl").value;
}

/** Return what is missing to ask about tables, or an empty text. */
export const missingTables = () => (schema() ? "" : gettext("Paste CREATE TABLE statements, or choose tables."));

/** Show the fields that belong to the choice. */
function showFields() {
  const isSource = kind() === "source";
  at("paste").hidden = isSource;
  at("keeping").hidden = isSource;
  at("forget").hidden = kind() !== "saved";
  check();
}

/** Choose the tables of the example, or a data source. */
export function chooseTables(value) {
  at("schema").value = value;
  chooseSchema();
}

function chooseSchema() {
  const { dialect, text } = option().dataset;
  if (dialect) at("dialect").value = dialect;
  if (text) at("ddl").value = text;
  showFields();
}

// ── The live check ───────────────────────────────────────────────────────────────────────────

let checks = 0;
async function check() {
  const mine = ++checks;
  const text = schema();
  if (!text) showColumns([]);
  if (!text) return showCheck([], false);
  try {
    const response = await post("/workflow/schema", { schema: text, dialect: at("dialect").value });
    const result = await response.json();
    if (mine !== checks) return;
    showColumns(result.tables);
    showCheck(
      schemaLines(result),
      result.issues.some((issue) => issue.severity === "error"),
    );
  } catch (error) {
    if (mine === checks) showCheck([errorText(error)], true);
  }
}

function showCheck(lines, isWrong) {
  at("ddl-says").textContent = lines.join("\n");
  at("ddl-says").classList.toggle("problem", isWrong);
}

/** List the columns of a data source's tables: what is pasted shows its own. */
function showColumns(tables) {
  const parts = tables.flatMap(({ name, columns }) => {
    const [term, list] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    list.textContent = columns.map(columnText).join(", ");
    return [term, list];
  });
  at("columns")
    .querySelector("dl")
    .replaceChildren(...parts);
  at("columns").hidden = kind() !== "source" || !parts.length;
}

const columnText = ({ name, type, comment }) => `${name} ${type}`.trim() + (comment ? ` (${comment})` : "");

let typing = 0;
at("ddl").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(check, 400);
  if (at("schema").value) at("schema").value = "";
  at("forget").hidden = true;
});
at("dialect").addEventListener("change", check);
at("schemas").addEventListener("change", chooseSchema);

// ── Saving and deleting ──────────────────────────────────────────────────────────────────────

async function saveSchema(replace) {
  const name = at("schema-name").value.trim();
  if (!name) return setAlert(gettext("Give the schema a name."));
  const body = { name, dialect: at("dialect").value, text: at("ddl").value, replace };
  try {
    const { html, value } = await (await post("/workflow/keep", body)).json();
    at("schemas").innerHTML = html;
    at("schema").value = value;
    at("forget").hidden = false;
    setAlert("");
    flashStatus(fill(gettext("Saved as {name}."), { name }));
  } catch (error) {
    if (error.code !== "precondition_failed") return showError(error);
    if (confirm(fill(gettext("{message} Replace it?"), { message: error.message }))) await saveSchema(true);
  }
}

/** Delete the saved schema that is chosen. Its text stays in the box. */
async function deleteSchema() {
  const name = option().textContent;
  if (!confirm(fill(gettext("Delete the schema {name}?"), { name }))) return;
  try {
    const response = await post("/workflow/forget", { id: Number(at("schema").value.split(":")[1]) });
    at("schemas").innerHTML = (await response.json()).html;
    at("schema").focus();
    setAlert("");
    flashStatus(fill(gettext("Deleted {name}."), { name }));
  } catch (error) {
    showError(error);
  }
}

at("keep").addEventListener("click", () => saveSchema(false));
at("schemas").addEventListener("click", ({ target }) => target.id === "forget" && deleteSchema());
showFields();
