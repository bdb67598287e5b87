/* The list of what was asked before, and the address of the inquiry that is open. */
import { at, flashStatus, setTitle } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { dropDraft, form, keepDraft, showError } from "./form.js";
import { post } from "./posting.js";

/** Set the address and the title: reloading the page then opens the inquiry again. */
export function setAddress(inquiry, title) {
  form.dataset.opened = inquiry ?? "";
  setTitle(title);
  history.replaceState(history.state, "", inquiry ? `/workflow/${inquiry}` : "/workflow");
}

async function deleteInquiry({ dataset }) {
  if (!confirm(fill(gettext("Delete “{title}” for good?"), { title: dataset.title }))) return;
  const id = Number(dataset.delete);
  const opened = Number(form.dataset.opened) || null;
  try {
    const response = await post("/workflow/delete", { id, opened });
    at("inquiries").innerHTML = (await response.json()).html;
    at("before").focus();
    flashStatus(gettext("Deleted."));
    if (opened === id) leaveAddress();
  } catch (error) {
    showError(error);
  }
}

/** Move the draft away from an address that no longer exists. */
function leaveAddress() {
  dropDraft();
  setAddress(null, gettext("Ask your data"));
  keepDraft();
}

at("inquiries").addEventListener("click", ({ target }) => {
  if (target.dataset.delete) deleteInquiry(target);
});
