/* The page of confirmed questions: loads them, confirms stale ones again, and withdraws. */
import { at, flashStatus, setAlert } from "../portal/dom.js";
import { gettext } from "../portal/words.js";
import { post } from "./posting.js";

async function change(path, body, done) {
  setAlert("");
  try {
    const response = await post(path, body);
    at("confirmations").innerHTML = (await response.json()).html;
    if (done) {
      at("confirmations").focus();
      flashStatus(done);
    }
  } catch (error) {
    setAlert(error.message);
  }
}

at("confirmations").addEventListener("click", ({ target: { dataset } }) => {
  if (dataset.again) change("/workflow/confirm-again", { id: Number(dataset.again) }, gettext("Confirmed again."));
  if (dataset.withdraw) change("/workflow/withdraw", { id: Number(dataset.withdraw) }, gettext("Withdrawn."));
});
change("/workflow/confirmations", {});
