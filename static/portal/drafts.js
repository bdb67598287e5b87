/*
 * What was typed and not sent, and which question it edits. It is kept in this tab, per user and
 * conversation, so that it survives reloads and signing in again, and no other user sees it.
 */

export class Drafts {
  constructor(user) {
    this.prefix = `draft:${user}:`;
  }

  save(conversation, draft) {
    this.attempt(() => {
      const key = this.prefix + conversation;
      if (draft.text) sessionStorage.setItem(key, JSON.stringify(draft));
      else sessionStorage.removeItem(key);
    });
  }

  load(conversation) {
    return this.attempt(() => JSON.parse(sessionStorage.getItem(this.prefix + conversation))) ?? {};
  }

  clear() {
    this.attempt(() => sessionStorage.clear());
  }

  /** Storage may be forbidden: drafts then last as long as the page. */
  attempt(step) {
    try {
      return step();
    } catch {
      return null;
    }
  }
}
