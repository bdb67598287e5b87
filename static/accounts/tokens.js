/* The page of API tokens: copies a new token, or the call that uses it. */
import { at, flashStatus } from "../portal/dom.js";

document.addEventListener("click", async ({ target }) => {
  const { copy } = target.dataset;
  if (!copy) return;
  try {
    await navigator.clipboard.writeText(at(copy).textContent);
    flashStatus("Copied.");
  } catch {
    getSelection().selectAllChildren(at(copy));
    flashStatus("The browser does not allow that: press Ctrl+C, it is selected.");
  }
});
