/*
 * A connection to one of the portal's sockets. It reconnects after growing delays.
 *
 * Events: "open"; "frame" (detail: the frame); "lost" (detail: seconds until the next attempt);
 * "signed-out", after which it reconnects only when the reader comes back to the page.
 */

const MAX_DELAY = 30; // seconds
const PATIENCE = 5000; // ms that a handshake may take before the page says that there is no connection
const TRY_LATER = 1013; // the close code of a portal that takes no more of this reader's sockets

/** Return how many seconds to wait after so many attempts; `random`, in [0, 1), spreads pages out. */
export function retryDelay(attempts, random) {
  return Math.min(MAX_DELAY, 0.5 * 2 ** attempts) * (0.7 + 0.6 * random);
}

/** Return after how many seconds a page reloads, twice; `spread` is what the portal sent. */
export function reloadDelays(spread, random) {
  const first = (spread ?? 0.3) * random;
  return [first, 2 + first];
}

export class PortalSocket extends EventTarget {
  constructor(path) {
    super();
    this.address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.attempts = 0;
    addEventListener("online", () => this.retry());
    addEventListener("visibilitychange", () => document.hidden || this.retry());
    this.connect();
  }

  get open() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Resolve to whether it is open; what connects, or waits for its next attempt, has `PATIENCE`. */
  async reached() {
    if (this.open) return true;
    this.retry();
    await new Promise((resolve) => {
      for (const type of ["open", "lost", "signed-out"]) this.addEventListener(type, resolve, { once: true });
      setTimeout(resolve, PATIENCE);
    });
    return this.open;
  }

  send(frame) {
    if (this.open) this.socket.send(JSON.stringify(frame));
  }

  connect() {
    this.timer = null;
    let opened = false;
    this.socket = new WebSocket(this.address);
    this.socket.addEventListener("open", () => {
      opened = true;
      this.attempts = 0;
      this.emit("open");
    });
    this.socket.addEventListener("message", (event) => this.emit("frame", JSON.parse(event.data)));
    this.socket.addEventListener("close", ({ code }) => {
      if (code === TRY_LATER) this.attempts = Math.max(this.attempts, 4);
      this.handleClose(opened);
    });
  }

  /** Reconnect later. Browsers hide why a handshake was refused, so an HTTP request finds out. */
  async handleClose(opened) {
    if (!opened && !(await this.isSignedIn())) {
      this.timer = 0;
      return this.emit("signed-out");
    }
    const delay = retryDelay(this.attempts++, Math.random());
    this.timer = setTimeout(() => this.connect(), delay * 1000);
    this.emit("lost", delay);
  }

  /** Reconnect now, if an attempt is due. */
  retry() {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.connect();
  }

  async isSignedIn() {
    try {
      const response = await fetch("/v1/ai/models?capability=chat", { cache: "no-store" });
      return response.status !== 401 && response.status !== 403;
    } catch {
      return true; // no response: the network is down, or the portal restarts
    }
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
