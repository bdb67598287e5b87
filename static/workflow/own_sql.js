/* Begins a query that the reader writes as SQL, without a question and without a model. */
import { at, setAlert } from "../portal/dom.js";
import { showResult } from "./answer.js";
import { hideFailure } from "./failure.js";
import { showError } from "./form.js";
import { post } from "./posting.js";
import { missingTables, schema } from "./schemas.js";

async function begin() {
  const problem = missingTables();
  setAlert(problem);
  if (problem) return at("ddl").focus();
  hideFailure();
  try {
    const response = await post("/workflow/write", { schema: schema(), dialect: at("dialect").value });
    showResult((await response.json()).html, "");
    at("sql-text").focus({ preventScroll: true });
  } catch (error) {
    showError(error);
  }
}

at("own-sql").addEventListener("click", begin);
