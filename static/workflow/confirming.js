/* Confirms the query that the page shows, for the question that was asked. */
import { at, flashStatus, setAlert } from "../portal/dom.js";
import { gettext } from "../portal/words.js";
import { edits } from "./edits.js";
import { errorText } from "./form.js";
import { post } from "./posting.js";
import { queryState } from "./query.js";

export async function confirmQuery() {
  if (!(await edits.settled())) return;
  const { ir, inquiry, written } = queryState();
  const sentence = gettext(
    "Everyone who may ask about these tables sees this question, and gets this query for it. Confirm it?",
  );
  if (!confirm(sentence)) return;
  setAlert("");
  try {
    const response = await post("/workflow/confirm", { ir, inquiry, written });
    at("confirm-part").innerHTML = (await response.json()).html;
    flashStatus(gettext("Confirmed."));
  } catch (error) {
    setAlert(errorText(error));
  }
}
