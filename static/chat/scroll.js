/* Scrolling: a log sticks to its end while its reader is there, and only then. */
const NEAR = 5; // pixels

export class StickyLog {
  constructor(log, button) {
    this.log = log;
    this.button = button;
    this.stick = true;
    this.last = 0;
    log.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.follow()).observe(log); // what is below it may grow
    button.addEventListener("click", () => this.toEnd());
  }

  get atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  /** A step up, however small, is the reader's: text only ever moves the log down. */
  scrolled() {
    if (this.log.scrollTop < this.last) this.stick = false;
    if (this.atEnd) this.stick = true;
    this.last = this.log.scrollTop;
    this.showButton();
  }

  showButton() {
    this.button.hidden = this.stick || this.atEnd;
  }

  /** Go on to what was added, if the reader is at the end. A welcome is read from its beginning. */
  follow() {
    if (this.stick && this.log.querySelector("article")) this.log.scrollTop = this.log.scrollHeight;
    this.last = this.log.scrollTop;
    this.showButton();
  }

  /** Keep what the reader sees in its place while `insert` adds something above it. */
  async keepPlace(insert) {
    const below = this.log.scrollHeight - this.log.scrollTop;
    await insert();
    this.log.scrollTop = this.log.scrollHeight - below;
    this.last = this.log.scrollTop;
    this.showButton();
  }

  toEnd() {
    this.stick = true;
    this.follow();
  }
}
