/* A column of a comparison: its picker, its socket, and the answer that arrives on it. */
import { showAbout } from "../../portal/about.js";
import { at } from "../../portal/dom.js";
import { ModelSelect } from "../../portal/model_select.js";
import { Picker } from "../../portal/picker.js";
import { showSignedOut } from "../../portal/signed_out.js";
import { PortalSocket } from "../../portal/socket.js";
import { gettext, language } from "../../portal/words.js";
import { LiveAnswer } from "../answer.js";
import { sentenceOf } from "../sentence.js";

const RENDERED = { render: true, language }; // what comes is HTML, and its sentences are this page's
let requests = 0;
const noFollowing = () => {}; // the page scrolls as its reader likes

export class Column extends EventTarget {
  /** Events: `end` of an answer, and `change`. */
  constructor(section) {
    super();
    this.section = section;
    this.letter = section.dataset.letter;
    this.settle = () => {}; // resolves what waits for the first frame of an ask
    this.hidden = new URLSearchParams(location.search).has("blind") && !at("columns").matches("[data-kept]");
    const select = section.querySelector("select");
    if (select) this.addPicker(select);
    if (!section.hidden) this.connect();
  }

  connect() {
    if (this.socket) return;
    this.socket = new PortalSocket("/ws/chat/");
    this.socket.addEventListener("frame", ({ detail }) => this.take(detail));
    this.socket.addEventListener("lost", () => this.changed());
    this.socket.addEventListener("open", () => this.reconnect());
    this.socket.addEventListener("signed-out", showSignedOut);
  }

  addPicker(select) {
    this.model = new ModelSelect(select);
    new Picker(this.model);
    const show = () => showAbout(select, this.section.querySelector(".about"));
    select.addEventListener("model", () => {
      show();
      this.changed();
    });
    show();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  get article() {
    return this.section.querySelector("article");
  }

  get running() {
    return Boolean(this.answer);
  }

  get message() {
    return Number(this.article?.dataset.message);
  }

  /**
   * Ask with the fields of a frame; `title` is shown while the model writes. Resolve to the frame
   * with which its answer starts, to that of an error if it was refused, or null: the connection was
   * lost, and what became of the question is not known.
   */
  ask(fields, title) {
    this.begin(title);
    const page = { ...RENDERED, instructions: true, on_leave: "finish" };
    this.socket.send({ type: "ask", id: this.answer.id, ...page, ...fields });
    return new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Read on what is written elsewhere, or was when the connection was lost. */
  follow() {
    const { message } = this;
    const title = this.article.querySelector("h2").textContent;
    this.begin(title);
    this.article.dataset.message = message;
    this.started = true;
    this.socket.send({ type: "follow", id: this.answer.id, message, ...RENDERED });
  }

  begin(title) {
    this.article?.remove();
    this.section.append(at("blank").content.firstElementChild.cloneNode(true));
    this.article.querySelector("h2").id = `by-${this.letter}`;
    this.article.setAttribute("aria-labelledby", `by-${this.letter}`);
    this.answer = new LiveAnswer(this.article, title, this.socket, String(++requests));
    this.started = false;
    this.changed();
  }

  stop() {
    if (!this.answer) return;
    this.answer.setState("stopping");
    this.socket.send({ type: "stop", id: this.answer.id });
  }

  take(frame) {
    const ofAsk = frame.id === null && !this.started && frame.error?.code !== "server_restarting";
    if (this.answer && (ofAsk || frame.id === this.answer.id)) this[`on_${frame.type}`]?.(frame);
  }

  on_start(frame) {
    this.started = true;
    this.article.dataset.message = frame.message;
    this.settle(frame);
  }

  on_status({ state }) {
    this.answer.setState(state);
  }

  on_thought(frame) {
    this.answer.addThought(frame, noFollowing);
  }

  on_block(frame) {
    this.answer.addBlock(frame, noFollowing);
  }

  on_delta(frame) {
    this.answer.add(frame, noFollowing);
  }

  on_done() {
    this.end("complete");
  }

  on_error(frame) {
    const wasStarted = this.started;
    this.end("failed", this.hidden ? gettext("This model does not answer.") : sentenceOf(frame.error));
    if (!wasStarted) this.settle(frame);
  }

  end(state, note = "") {
    const { answer, started } = this;
    this.answer = null;
    answer.end(state, note);
    if (started) this.render();
    this.dispatchEvent(new Event("end"));
    this.changed();
  }

  /** Show the answer as the server renders it; without its model's name, while that is hidden. */
  render() {
    const query = this.hidden ? `?letter=${this.letter}` : "";
    return htmx.ajax("GET", `/compare/answers/${this.message}${query}`, { target: this.article, swap: "outerHTML" });
  }

  /** After a connection was lost: the server has what came meanwhile. */
  reconnect() {
    const isRunning = this.article?.dataset.state === "running" && this.message;
    if (isRunning) {
      const stopping = this.answer?.state === "stopping";
      this.answer?.end("running", "");
      this.follow();
      if (stopping) this.stop();
    } else if (this.answer) {
      this.end("failed", "");
      this.settle(null);
    }
    this.changed();
  }
}
