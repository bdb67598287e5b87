/* The page's elements by ID, and the two places where a page reports to its reader. */

export const at = (id) => document.getElementById(id);

/** Name the tab, as base.html does. */
export function setTitle(text) {
  document.title = `${text} – ${document.body.dataset.portal}`;
}

let clearing = 0;

/** Report what is going on. Screen readers read it when they are idle. */
export function setStatus(text) {
  clearTimeout(clearing);
  at("status").textContent = text;
}

/** Report that something is done: the text disappears after some seconds. */
export function flashStatus(text) {
  setStatus(text);
  clearing = setTimeout(() => setStatus(""), 6000);
}

/** Report an error, or clear it with an empty text. Screen readers read it at once. */
export function setAlert(text) {
  at("alert").textContent = text;
  at("alert").hidden = !text;
}
