/* Questions of the example: their SQL was prepared, so no model is asked. */
import { at } from "../portal/dom.js";
import { showResult } from "./answer.js";
import { hideFailure } from "./failure.js";
import { keepDraft, showError } from "./form.js";
import { post } from "./posting.js";
import { chooseExample } from "./schemas.js";

async function showExample({ dataset, textContent }) {
  hideFailure();
  at("question").value = textContent;
  chooseExample();
  keepDraft();
  try {
    const response = await post("/workflow/example", { number: Number(dataset.example) });
    showResult((await response.json()).html, textContent);
  } catch (error) {
    showError(error);
  }
}

at("welcome")?.addEventListener("click", ({ target }) => {
  if (target.dataset.example) showExample(target);
});
