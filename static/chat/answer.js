/*
 * An answer on the page while a model writes it, in an article of its own. The server sends each
 * block that is complete as HTML; what follows, the tail, is plain text.
 *
 * Text is painted at most 20 times a second, and acknowledged when it is: a slow reader slows the
 * answer down instead of filling memory.
 */
import { fill, gettext, ngettext } from "../portal/words.js";

const PAINT_MS = 50;
const PAINT_CHARS = 4_000; // of HTML at once: a frame has no time for more

/** Append to the text that is all an element has. */
function extend(element, text) {
  const shown = element.firstChild;
  const more = shown ? text : text.trimStart();
  if (shown) shown.appendData(more);
  else if (more) element.append(more);
}

/** Return "1 word", "2 words" … */
export function countWords(text) {
  const count = (text.match(/\S+/g) ?? []).length;
  return fill(ngettext("{count} word", "{count} words", count), { count });
}

/** Return what an answer in `state` waits for, and from two seconds on for how long. */
export function progressNote(state, title, seconds) {
  const duration = seconds >= 2 ? ` ${seconds} s` : "";
  const say = (text) => fill(text, { title, duration });
  return {
    waiting: say(gettext("Waiting for {title}…{duration}")),
    loading: say(gettext("{title} is being loaded…{duration}")),
    thinking: say(gettext("{title} is thinking…{duration}")),
    generating: say(gettext("{title} is writing…")),
    stopping: gettext("Stopping…"),
  }[state];
}

/** Return the title of thoughts that took so many milliseconds. */
export const thoughtTitle = (ms) =>
  fill(gettext("Thought for {seconds} s"), { seconds: Math.max(Math.round(ms / 1000), 1) });

export class LiveAnswer {
  constructor(article, title, socket, id) {
    this.article = article;
    this.body = article.querySelector(".body");
    this.body.classList.remove("plain");
    this.body.removeAttribute("dir");
    this.tail = Object.assign(document.createElement("div"), { className: "plain tail", dir: "auto" });
    this.body.append(this.tail);
    this.blocks = []; // that are not painted yet
    this.painted = 0; // of the text
    this.note = article.querySelector(".note");
    this.thoughts = article.querySelector(".thoughts");
    this.thought = "";
    this.paintedThought = 0;
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

  addBlock(frame, onPaint) {
    this.blocks.push(frame);
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
      if (this.blocks.length) this.paintLater(this.seq, phase, onPaint);
    }, PAINT_MS);
  }

  paint() {
    this.painting = null;
    const seq = this.paintBlocks() ?? this.seq;
    if (this.thought) this.paintThoughts();
    if (seq) this.socket.send({ type: "ack", id: this.id, seq });
    this.showProgress();
  }

  /** Put blocks in place of the tail. Return the last one's number if others wait. */
  paintBlocks() {
    let seq;
    for (let size = 0; this.blocks.length && size < PAINT_CHARS; ) {
      const { html, end, seq: number } = this.blocks.shift();
      this.tail.insertAdjacentHTML("beforebegin", html);
      this.tail.textContent = "";
      this.painted = end;
      size += html.length;
      seq = number;
    }
    extend(this.tail, this.text.slice(this.painted));
    this.painted = this.text.length;
    return this.blocks.length ? seq : undefined;
  }

  paintThoughts() {
    const [summary, body] = this.thoughts.children;
    this.thoughts.hidden = false;
    summary.textContent = this.thoughtMs === undefined ? gettext("Thinking…") : thoughtTitle(this.thoughtMs);
    extend(body, this.thought.slice(this.paintedThought));
    this.paintedThought = this.thought.length;
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
    do this.paint();
    while (this.blocks.length);
    this.setNote(note);
    this.article.dataset.state = state;
    this.article.querySelector(".source").content.textContent = this.text;
    this.article.removeAttribute("aria-busy");
    this.article.removeAttribute("aria-live");
  }
}
