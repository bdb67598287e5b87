/* Buttons that copy: the element that `data-copy` names, or the code that the button is above. */
import { copyText } from "./clipboard.js";
import { at, flashStatus } from "./dom.js";
import { gettext } from "./words.js";

document.addEventListener("click", async ({ target }) => {
  const code = target.closest(".code")?.querySelector("code");
  const copied = target.dataset.copy ? at(target.dataset.copy) : target.closest("[data-do=copy-code]") && code;
  if (!copied) return;
  try {
    await copyText(copied.textContent);
    flashStatus(gettext("Copied."));
  } catch {
    getSelection().selectAllChildren(copied);
    flashStatus(gettext("The browser does not allow that: press Ctrl+C, it is selected."));
  }
});
