/*
 * What was typed and not sent, its files, and which question it edits. It is kept in this tab, per user and
 * conversation, so that it survives reloads and signing in again, and no other user sees it.
 */

export class Drafts {
  /** `storage` is a function, since browsers that forbid the storage raise at its name. */
  constructor(user, storage = () => sessionStorage) {
    this.prefix = `draft:${user}:`;
    this.storage = storage;
  }

  save(conversation, draft) {
    this.attempt((storage) => {
      const key = this.prefix + conversation;
      if (draft.text || draft.files?.length) storage.setItem(key, JSON.stringify(draft));
      else storage.removeItem(key);
    });
  }

  load(conversation) {
    return this.attempt((storage) => JSON.parse(storage.getItem(this.prefix + conversation))) ?? {};
  }

  clear() {
    this.attempt((storage) => storage.clear());
  }

  /** Storage may be forbidden: drafts then last as long as the page. */
  attempt(step) {
    try {
      return step(this.storage());
    } catch {
      return null;
    }
  }
}
