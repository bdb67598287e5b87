/*
 * An answer on the page while a model writes it, in an article of its own.
 *
 * Text is painted at most 20 times a second, and acknowledged when it is: a slow reader slows the
 * answer down instead of filling memory.
 */

const PAINT_MS = 50;

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
    generating: `${title} is writing…`,
    stopping: "Stopping…",
  }[state];
}

export class LiveAnswer {
  constructor(article, title, socket, id) {
    this.article = article;
    this.body = article.querySelector(".body");
    this.note = article.querySelector(".note");
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

  add(frame, onPaint) {
    this.text += frame.text;
    this.seq = frame.seq;
    if (this.state !== "stopping") this.state = "generating";
    this.painting ??= setTimeout(() => {
      this.paint();
      onPaint();
    }, PAINT_MS);
  }

  paint() {
    this.painting = null;
    const node = this.body.firstChild;
    if (node) node.appendData(this.text.slice(node.length));
    else this.body.append(this.text);
    if (this.seq) this.socket.send({ type: "ack", id: this.id, seq: this.seq });
    this.showProgress();
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
    this.paint();
    this.setNote(note);
    this.article.dataset.state = state;
    this.article.querySelector(".source").content.textContent = this.text;
    this.article.removeAttribute("aria-busy");
    this.article.removeAttribute("aria-live");
  }
}
