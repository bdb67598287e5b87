/*
 * An answer on the page while a model writes it, in an article of its own.
 *
 * Text is painted at most 20 times a second, and acknowledged when it is: a slow reader slows the
 * answer down instead of filling memory.
 */

const PAINT_MS = 50;

/** Let an element show a text of which it shows the beginning. */
function extend(element, text) {
  const node = element.firstChild;
  if (node) node.appendData(text.slice(node.length));
  else element.append(text);
}

/** Return "1 word", "2 words" … */
export function countWords(text) {
  const count = (text.match(/\S+/g) ?? []).length;
  return `${count} ${count === 1 ? "word" : "words"}`;
}

/** Return what an answer in `state` waits for, and from two seconds on for how long. */
export function progressNote(state, title, seconds) {
  const duration = seconds >= 2 ? ` ${seconds} s` : "";
  return {
    waiting: `Waiting for ${title}…${duration}`,
    loading: `${title} is being loaded…${duration}`,
    thinking: `${title} is thinking…${duration}`,
    generating: `${title} is writing…`,
    stopping: "Stopping…",
  }[state];
}

/** Return the title of thoughts that took so many milliseconds. */
export const thoughtTitle = (ms) => `Thought for ${Math.max(Math.round(ms / 1000), 1)} s`;

export class LiveAnswer {
  constructor(article, title, socket, id) {
    this.article = article;
    this.body = article.querySelector(".body");
    this.note = article.querySelector(".note");
    this.thoughts = article.querySelector(".thoughts");
    this.thought = "";
    this.title = title;
    this.socket = socket;
    this.id = id;
    this.text = "";
    this.state = "waiting";
    this.began = Date.now();
    article.querySelector("h2").textContent = title;
    this.clock = setInterval(() => this.showProgress(), 500);
    this.showProgress();
  }

  get words() {
    return countWords(this.text);
  }

  setState(state) {
    if (this.state !== "stopping") this.state = state;
    this.showProgress();
  }

  addThought(frame, onPaint) {
    this.thoughtSince ??= Date.now();
    this.thought += frame.text;
    this.paintLater(frame.seq, this.text ? "generating" : "thinking", onPaint);
  }

  add(frame, onPaint) {
    this.endThinking();
    this.text += frame.text;
    this.paintLater(frame.seq, "generating", onPaint);
  }

  endThinking() {
    if (this.thoughtSince) this.thoughtMs ??= Date.now() - this.thoughtSince;
  }

  paintLater(seq, phase, onPaint) {
    this.seq = seq;
    if (this.state !== "stopping") this.state = phase;
    this.painting ??= setTimeout(() => {
      this.paint();
      onPaint();
    }, PAINT_MS);
  }

  paint() {
    this.painting = null;
    extend(this.body, this.text);
    if (this.thought) this.paintThoughts();
    if (this.seq) this.socket.send({ type: "ack", id: this.id, seq: this.seq });
    this.showProgress();
  }

  paintThoughts() {
    const [summary, body] = this.thoughts.children;
    this.thoughts.hidden = false;
    summary.textContent = this.thoughtMs === undefined ? "Thinking…" : thoughtTitle(this.thoughtMs);
    extend(body, this.thought);
  }

  showProgress() {
    const seconds = Math.floor((Date.now() - this.began) / 1000);
    this.setNote(progressNote(this.state, this.title, seconds));
  }

  setNote(text) {
    this.note.hidden = !text;
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  /** End in this state, with a note. The server's rendering then replaces the article. */
  end(state, note) {
    clearInterval(this.clock);
    clearTimeout(this.painting);
    this.endThinking();
    this.paint();
    this.setNote(note);
    this.article.dataset.state = state;
    this.article.querySelector(".source").content.textContent = this.text;
    this.article.removeAttribute("aria-busy");
    this.article.removeAttribute("aria-live");
  }
}
