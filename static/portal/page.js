/*
 * On every page of a signed-in user: follows changes of the models. When the portal has another
 * version than this page shows, the elements that listen to "models-changed" reload.
 */
import "./keys.js";
import { PortalSocket, reloadDelays } from "./socket.js";

class ModelEvents {
  constructor(body) {
    this.body = body;
    this.current = body.dataset.models;
    this.newest = this.current;
    new PortalSocket("/ws/events/").addEventListener("frame", ({ detail }) => {
      if (detail.type === "models") {
        this.newest = detail.version;
        this.spread = detail.spread;
      }
      this.follow();
    });
    addEventListener("visibilitychange", () => this.follow());
  }

  /**
   * A hidden page waits; the others spread their requests. They send two: the first may reach
   * another worker, which has not loaded the change yet and will have after two seconds.
   */
  follow() {
    if (document.hidden || this.newest === this.current) return;
    this.current = this.newest;
    clearTimeout(this.second);
    const [first, second] = reloadDelays(this.spread, Math.random());
    this.schedule(first);
    this.second = this.schedule(second);
  }

  schedule(seconds) {
    const reload = () => this.body.dispatchEvent(new CustomEvent("models-changed"));
    return setTimeout(reload, seconds * 1000);
  }
}

if (document.body.dataset.models) new ModelEvents(document.body);
