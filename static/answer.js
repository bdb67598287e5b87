/*
 * An answer on the page while it is being made: text as it comes, in an article of its own.
 *
 * Text is painted at most 20 times a second, and acknowledged when it is: a reader that cannot
 * keep up slows the answer down, instead of filling memory.
 */
"use strict";

class LiveAnswer {
  static PAINT_MS = 50;

  constructor(article, who, socket, id) {
    this.article = article;
    this.body = article.querySelector(".body");
    this.note = article.querySelector(".note");
    this.who = who;
    this.socket = socket;
    this.id = id;
    this.text = "";
    this.state = "waiting";
    this.began = Date.now();
    article.querySelector("h2").textContent = who;
    this.clock = setInterval(() => this.tick(), 500);
    this.tick();
  }

  get words() {
    const count = (this.text.match(/\S+/g) ?? []).length;
    return `${count} ${count === 1 ? "word" : "words"}`;
  }

  add(frame, painted) {
    this.text += frame.text;
    this.seq = frame.seq;
    if (this.state !== "stopping") this.state = "generating";
    this.painting ??= setTimeout(() => {
      this.paint();
      painted();
    }, LiveAnswer.PAINT_MS);
  }

  paint() {
    this.painting = null;
    const shown = this.body.firstChild;
    if (shown) shown.appendData(this.text.slice(shown.length));
    else this.body.append(this.text);
    if (this.seq) this.socket.send({ type: "ack", id: this.id, seq: this.seq });
    this.tick();
  }

  /** Tell what it is waiting for, and for how long. */
  tick() {
    const seconds = Math.floor((Date.now() - this.began) / 1000);
    const since = seconds >= 2 ? ` ${seconds} s` : "";
    const words = {
      waiting: `Waiting for ${this.who}…${since}`,
      loading: `${this.who} is being loaded…${since}`,
      generating: `${this.who} is writing…`,
      stopping: "Stopping…",
    };
    this.say(words[this.state]);
  }

  say(text) {
    this.note.hidden = !text;
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  /** End it in this state, with a note; the server's rendering replaces both. */
  end(state, note) {
    clearInterval(this.clock);
    clearTimeout(this.painting);
    this.paint();
    this.say(note);
    this.article.dataset.state = state;
    this.article.querySelector(".source").content.textContent = this.text;
    this.article.removeAttribute("aria-busy");
    this.article.removeAttribute("aria-live");
  }
}
