/*
 * What was typed and not sent, and which question it edits. It is kept in this tab, per user and
 * conversation, so that it survives reloads and signing in again, and nobody else sees it.
 */
"use strict";

class Drafts {
  constructor(user) {
    this.prefix = `draft:${user}:`;
  }

  save(conversation, draft) {
    this.use(() => {
      const key = this.prefix + conversation;
      if (draft.text) sessionStorage.setItem(key, JSON.stringify(draft));
      else sessionStorage.removeItem(key);
    });
  }

  load(conversation) {
    return this.use(() => JSON.parse(sessionStorage.getItem(this.prefix + conversation))) ?? {};
  }

  clear() {
    this.use(() => sessionStorage.clear());
  }

  /** Storage may be forbidden: drafts then last as long as the page. */
  use(step) {
    try {
      return step();
    } catch {
      return null;
    }
  }
}
