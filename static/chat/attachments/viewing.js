/* Shows the text of a file as models read it, and puts pasted text back. */
import { at, setAlert } from "../../portal/dom.js";
import { gettext } from "../../portal/words.js";
import { box } from "../state.js";
import { list, remove } from "./chips.js";
import { fetchText, pathOf } from "./requests.js";
import { insert } from "./taking.js";

const dialog = at("file-dialog");
let shown = null; // the file whose text is shown

async function open(item) {
  try {
    at("file-text").textContent = await fetchText(item.dataset.id);
  } catch (error) {
    return setAlert(error instanceof TypeError ? gettext("There is no connection to the portal.") : error.message);
  }
  shown = item;
  at("file-name").textContent = item.querySelector("bdi").textContent;
  at("file-download").href = pathOf(item.dataset.id);
  at("put-back").hidden = item.dataset.pasted === undefined || !list.contains(item);
  dialog.showModal();
}

at("talk").addEventListener("click", ({ target }) => {
  if (target.closest("[data-file=open]")) open(target.closest(".file"));
});
at("put-back").addEventListener("click", () => {
  dialog.close();
  insert(at("file-text").textContent);
  remove(shown);
});
dialog.addEventListener("close", () => list.contains(shown) && box.focus());
