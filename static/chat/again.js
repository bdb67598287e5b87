/*
 * Asks again, once, when an error says how long to wait: the page counts down, and a person can stop
 * it. The question stays in the box, or stored, whatever happens.
 */
import { at, setAlert, setStatus } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { retry } from "./asking.js";
import { box, socket, state } from "./state.js";

const MAX_SECONDS = 120; // who waits for longer does something else

class Countdown {
  constructor(seconds, ask) {
    this.until = Date.now() + seconds * 1000;
    this.again = ask;
    this.clock = setInterval(() => this.tick(), 250);
    this.tick();
    at("again").hidden = false;
    setStatus(fill(gettext("The question is asked again in {seconds} s. Esc stops that."), { seconds })); // is read once
  }

  tick() {
    const seconds = Math.ceil((this.until - Date.now()) / 1000);
    at("countdown").textContent = fill(gettext("Asking again in {seconds} s."), { seconds: Math.max(seconds, 0) });
    if (seconds <= 0) this.ask();
  }

  ask() {
    this.stop();
    if (!socket.open || state.exchange) return;
    setAlert("");
    this.again();
  }

  stop() {
    clearInterval(this.clock);
    state.again = null;
    if (at("again").contains(document.activeElement)) box.focus();
    at("again").hidden = true;
    setStatus("");
  }
}

/** Count down to ask what `ended` asked, if the error says for how long. */
export function askAgainLater(ended, seconds) {
  if (!seconds || seconds > MAX_SECONDS) return;
  const stored = () => retry(at(`message-${ended.message}`), true, { repeated: true });
  state.again = new Countdown(seconds, ended.started ? stored : ended.again);
}
