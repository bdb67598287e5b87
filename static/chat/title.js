/* The tab's title. A mark before it means that an answer has ended which its reader has not seen. */
import { at, setTitle } from "../portal/dom.js";

const MARK = "● ";
let title = document.title;
let waiting = false; // an answer on this page, which was hidden at its end

/** Show the title of the conversation that is open, and whether an answer waits to be read. */
export function showTitle(text) {
  at("title").textContent = text;
  setTitle(text);
  title = document.title;
  refreshTitle();
}

export function refreshTitle() {
  const unread = waiting || document.querySelector("#conversations .unread");
  document.title = unread ? MARK + title : title;
}

/** An answer on this page has ended. */
export function announceEnd() {
  waiting = document.hidden;
  refreshTitle();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  waiting = false;
  refreshTitle();
});
refreshTitle();
