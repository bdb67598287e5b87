/* Keeping one answer of a comparison: the conversation goes on from it. */
import { at, setAlert, setStatus } from "../../portal/dom.js";
import { post } from "../../portal/posting.js";
import { fill, gettext } from "../../portal/words.js";

/** Resolve when a column's answer has ended. */
const ended = (column) =>
  column.running && new Promise((resolve) => column.addEventListener("end", resolve, { once: true }));

/** Keep the answer of `chosen`. If names were hidden, show them; else open the conversation. */
export async function keep(columns, chosen) {
  const { message, hidden } = chosen;
  for (const column of columns) column.stop();
  await Promise.all(columns.map(ended));
  const problem = await postKeeping(message, hidden);
  if (problem) return setAlert(problem);
  const path = `/chat/${at("columns").dataset.conversation}`;
  if (!hidden) return location.assign(path);
  await reveal(columns);
  at("go-on").href = path;
  at("go-on").hidden = false;
  at("go-on").focus();
}

/** Return why the answer could not be kept, or an empty text. */
async function postKeeping(message, hidden) {
  try {
    const response = await post(`/compare/answers/${message}/keep`, hidden ? { blind: "yes" } : {});
    if (response.ok) return "";
    if (response.status === 409) return response.text();
    return fill(gettext("That did not work (HTTP {status}). Try again."), response);
  } catch {
    return gettext("There is no connection to the portal. Try again.");
  }
}

async function reveal(columns) {
  const asked = columns.filter((column) => column.message);
  for (const column of asked) column.hidden = false;
  await Promise.all(asked.map((column) => column.render()));
  const names = asked.map(
    (column) => `${column.letter}: ${column.article.querySelector("h2").firstChild.textContent.trim()}`,
  );
  setStatus(names.join(", "));
}
