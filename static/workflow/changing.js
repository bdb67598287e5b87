/* Changes a query in words: a model writes the changed one, which then is an edit as any other. */
import { at, setAlert } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { edits } from "./edits.js";
import { events } from "./events.js";
import { errorText, result } from "./form.js";
import { models } from "./models.js";
import { post } from "./posting.js";
import { progressText } from "./progress.js";
import { queryState } from "./query.js";
import { isSame } from "./readings.js";

let request = null; // the AbortController of the change under way

const say = (text) => {
  if (at("change-says")) at("change-says").textContent = text;
};

/** Ask for the change that is in the box. */
async function change() {
  const words = at("change-text").value.trim();
  if (request || !words) return;
  setAlert("");
  if (!(await edits.settled())) return say(gettext("Fix the query first. Then it can be changed in words."));
  const mine = edits.number;
  const controller = new AbortController();
  setRequest(controller);
  try {
    const end = await endOf(await post("/workflow/words", payload(words), controller.signal));
    if (mine !== edits.number) return say(gettext("The query has changed since. Say it again."));
    await take(end, words);
  } catch (error) {
    if (request !== controller) return; // another answer has come
    say(error.name === "AbortError" ? gettext("Stopped.") : "");
    if (error.name !== "AbortError") setAlert(errorText(error));
  } finally {
    if (request === controller) setRequest(null);
    document.body.dispatchEvent(new CustomEvent("question-ended")); // what is left of budgets
  }
}

/** Stop the change under way: another answer takes the place of its query. */
export function dropWords() {
  request?.abort();
  request = null;
}

function payload(words) {
  const { schema, written, ir } = queryState();
  return { words, ir, schema, dialect: written, chat: models.chat.value };
}

/** Return the last event of a response, and say what the others are about. */
async function endOf(response) {
  for await (const event of events(response)) {
    if (event.error) throw new Error(event.error.message);
    if (!event.progress) return event;
    say(progressText(event.progress));
  }
  throw new Error(gettext("The answer broke off. Say it again."));
}

/** Show the changed query. The words stay in the box unless they changed something. */
async function take({ said, ir, by, doubts = [] }, words) {
  if (said) return say(said);
  if (isSame(ir, queryState().ir)) return say(gettext("That changes nothing: say it in other words."));
  const step = fill(gettext("“{words}”, by {by}"), { words, by });
  if (!(await edits.edit("words", { ir, said: step }))) return say("");
  say(doubts.join(" "));
  if (at("change-text").value.trim() === words) at("change-text").value = "";
}

function setRequest(controller) {
  request = controller;
  if (!at("words")) return; // another answer has come
  at("change-query").disabled = Boolean(controller);
  at("stop-change").hidden = !controller;
}

result.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "words") change();
});
result.addEventListener("click", ({ target }) => {
  if (target.id !== "stop-change") return;
  request?.abort();
  at("change-text").focus();
});
