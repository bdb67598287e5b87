/* Runs a query on its data source, copies its SQL, and downloads the rows. */
import { at, flashStatus, setAlert, setStatus } from "../portal/dom.js";
import { saveAs } from "../portal/saving.js";
import { gettext } from "../portal/words.js";
import { edits } from "./edits.js";
import { errorText, result, scrollTo } from "./form.js";
import { post } from "./posting.js";
import { queryState } from "./query.js";

let last = { csv: "", name: "" }; // of the last run

const FIX = gettext("Change the query below, and run it again.");

export async function run() {
  const valid = await edits.settled();
  const button = at("run");
  if (!valid || !button) return setStatus(gettext("It was not run: the query is not valid, or was not checked."));
  const mine = edits.number;
  setAlert("");
  showRefusal("");
  button.disabled = true;
  setStatus(gettext("Running."));
  try {
    const response = await post("/workflow/run", payload(button));
    const rows = await response.json();
    if (mine !== edits.number) return setStatus(gettext("The query has changed since. Run it again."));
    showRows(rows);
  } catch (error) {
    if (mine === edits.number) showFailure(error);
  } finally {
    button.disabled = false;
  }
}

function payload({ dataset }) {
  const { question } = result.dataset;
  return { source: dataset.source, ir: queryState().ir, ...(question && { question }) };
}

function showRows(rows) {
  last = rows;
  at("rows").innerHTML = rows.html;
  flashStatus(gettext("Done."));
  scrollTo(at("rows"));
}

function showFailure(error) {
  at("rows").innerHTML = "";
  setStatus("");
  showRefusal(error.code === "invalid_request" ? `${error.message} ${FIX}` : errorText(error));
  scrollTo(at("run-failed"), "nearest");
}

/** Say beside the button why there are no rows, or nothing. */
function showRefusal(text) {
  at("run-failed").textContent = text;
  at("run-failed").hidden = !text;
}

export async function copySql() {
  if (!(await edits.settled()))
    return setStatus(gettext("It was not copied: the query is not valid, or was not checked."));
  try {
    await navigator.clipboard.writeText(at("sql").textContent);
    flashStatus(gettext("Copied."));
  } catch {
    getSelection().selectAllChildren(at("sql"));
    setStatus(gettext("It is selected: copy it with Ctrl+C."));
  }
}

export const download = () => saveAs(new Blob([last.csv], { type: "text/csv" }), last.name);
