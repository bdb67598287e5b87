/* Questions whose SQL was prepared, so no model is asked: of the example, and about a source. */
import { at } from "../portal/dom.js";
import { showResult } from "./answer.js";
import { hideFailure } from "./failure.js";
import { keepDraft, showError } from "./form.js";
import { post } from "./posting.js";
import { run } from "./running.js";
import { chooseTables } from "./schemas.js";

async function showExample({ dataset, textContent }) {
  const { example, source } = dataset;
  hideFailure();
  at("question").value = textContent;
  chooseTables(source ? `source:${source}` : "example");
  keepDraft();
  try {
    const response = await post("/workflow/example", { number: Number(example), ...(source && { source }) });
    showResult((await response.json()).html, textContent);
    if (at("run")?.dataset.atOnce !== undefined) run();
  } catch (error) {
    showError(error);
  }
}

at("welcome")?.addEventListener("click", ({ target }) => {
  if (target.dataset.example) showExample(target);
});
