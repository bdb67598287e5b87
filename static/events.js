/*
 * Follows changes of the models: when the portal says that there is another version than the one
 * that this page shows, the parts that listen to "models-changed" fetch themselves anew.
 */
"use strict";

class ModelEvents {
  constructor(body) {
    this.body = body;
    this.shown = body.dataset.models;
    this.newest = this.shown;
    new PortalSocket("/ws/events/").addEventListener("frame", ({ detail }) => {
      if (detail.type === "models") this.newest = detail.version;
      this.follow();
    });
    addEventListener("visibilitychange", () => this.follow());
  }

  /**
   * A page that nobody sees waits; others do not all ask at the same moment. They ask twice: what
   * answers first may be another worker, which has not followed yet, and will have two seconds later.
   */
  follow() {
    if (document.hidden || this.newest === this.shown) return;
    this.shown = this.newest;
    clearTimeout(this.again);
    this.tell(300 * Math.random());
    this.again = this.tell(2000 + 300 * Math.random());
  }

  tell(delay) {
    return setTimeout(() => this.body.dispatchEvent(new CustomEvent("models-changed")), delay);
  }
}

if (document.body.dataset.models) new ModelEvents(document.body);
