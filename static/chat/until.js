/* When one can ask again: "in 12 s", counted down, under answers that failed. */
import { fill, gettext } from "../portal/words.js";
import { messages } from "./state.js";

/** Return how long `seconds` are: "50 s", "12 min", "3 h". */
export function duration(seconds) {
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function tick() {
  for (const line of messages.querySelectorAll("[data-until]")) {
    const seconds = Math.ceil(Number(line.dataset.until) - Date.now() / 1000);
    const time = duration(seconds);
    const text =
      seconds > 0 ? fill(gettext("You can ask again in {time}."), { time }) : gettext("You can ask again now.");
    if (line.textContent !== text) line.textContent = text;
  }
}

setInterval(tick, 500);
tick();
