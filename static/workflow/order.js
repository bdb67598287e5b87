/*
 * The order of edits of a query, without the page. A late response never replaces a newer one.
 */

export class Edits {
  /**
   * `page` is the page's part in it:
   * `payload(what)` returns what an edit sends; undefined if there is no box for it;
   * `send(what, payload)` resolves to the server's response, which has `valid`;
   * `show(response, what)` and `leave(error, what)` show a response, or that there was none.
   */
  constructor(page) {
    this.page = page;
    this.number = 0; // of the latest edit
    this.checking = 0; // edits under way
    this.reset();
  }

  /** Forget all edits: another query is on the page, which the server has checked. */
  reset() {
    this.drop();
    this.pending = Promise.resolve(true); // resolves to whether the page shows a valid, checked query
    this.latest = ""; // what was edited last
    this.valid = null; // the latest query that was valid
    this.isOwn = null; // was the query before the first edit another than the models'?
    this.steps = []; // the changes of it that can be undone: {text, ir}, the query before each
    this.failed = null; // the edit that never reached the portal
    this.dialect = null; // the payload of a dialect that was chosen and is not shown yet
  }

  /** Drop the responses to the edits under way: a new question was asked. */
  drop() {
    this.number++;
  }

  /** Send what was edited. Resolves to whether it is valid. */
  edit(what, payload = this.page.payload(what)) {
    this.latest = what;
    if (what === "dialect") this.dialect = payload;
    this.pending = this.check(++this.number, what, payload);
    return this.pending;
  }

  async check(number, what, payload) {
    this.checking++;
    try {
      const response = await this.page.send(what, payload);
      if (number !== this.number) return false;
      this.failed = null;
      this.page.show(response, what);
      return this.inDialect(what, response.valid);
    } catch (error) {
      if (number === this.number) {
        this.failed = { what, payload };
        if (what === "dialect") this.dialect = null;
        this.page.leave(error, what);
      }
      return false;
    } finally {
      this.checking--;
    }
  }

  /** Write the query in the dialect that was chosen before this edit of it. Resolves to whether it is valid. */
  inDialect(what, valid) {
    const payload = what !== "dialect" && valid && this.dialect;
    this.dialect = null;
    return payload ? this.edit("dialect", payload) : valid;
  }

  /** Wait for the edit under way, retry one that failed. Resolves to whether the query is valid. */
  async settled() {
    if (this.failed) {
      const { what, payload } = this.failed;
      this.edit(what, this.page.payload(what) ?? payload);
    }
    for (;;) {
      const { pending } = this;
      const valid = await pending;
      if (pending === this.pending) return valid;
    }
  }
}
