/*
 * A connection to one of the sockets of the portal. It comes back by itself after growing pauses.
 *
 * Events: "open"; "frame" (detail: the frame); "lost" (detail: seconds until the next try);
 * "signed-out", after which it tries only when the reader comes back to the page.
 */
"use strict";

class PortalSocket extends EventTarget {
  constructor(path) {
    super();
    this.address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.tries = 0;
    addEventListener("online", () => this.retry());
    addEventListener("visibilitychange", () => document.hidden || this.retry());
    this.connect();
  }

  get open() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame) {
    if (this.open) this.socket.send(JSON.stringify(frame));
  }

  connect() {
    this.timer = null;
    let opened = false;
    const socket = (this.socket = new WebSocket(this.address));
    socket.addEventListener("open", () => {
      opened = true;
      this.tries = 0;
      this.tell("open");
    });
    socket.addEventListener("message", (event) => this.tell("frame", JSON.parse(event.data)));
    socket.addEventListener("close", () => this.lost(opened));
  }

  /** Try again soon. Browsers do not say why a handshake was refused, so HTTP is asked. */
  async lost(opened) {
    if (!opened && !(await this.signedIn())) {
      this.timer = 0;
      return this.tell("signed-out");
    }
    const pause = Math.min(30, 0.5 * 2 ** this.tries++) * (0.7 + 0.6 * Math.random());
    this.timer = setTimeout(() => this.connect(), pause * 1000);
    this.tell("lost", pause);
  }

  /** Try again now, if a try is due. */
  retry() {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.connect();
  }

  async signedIn() {
    try {
      const answer = await fetch("/v1/ai/models?capability=chat", { cache: "no-store" });
      return answer.status !== 401 && answer.status !== 403;
    } catch {
      return true; // nobody answers: it is the network, or the portal restarts
    }
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
