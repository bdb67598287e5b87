/*
 * Ages in words, as registry/templatetags/ages.py writes them: the largest whole unit, "12 seconds
 * ago". The words are those of Intl.RelativeTimeFormat.
 */
import { gettext, language } from "./words.js";

const UNITS = [
  [86400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];
const FORMAT = new Intl.RelativeTimeFormat(language);

/** Return how long ago `since` was. Both are in Unix seconds. */
export function ago(since, now) {
  const age = now - since;
  const [seconds, unit] = UNITS.find(([seconds]) => age >= seconds) ?? [];
  return unit ? FORMAT.format(-Math.floor(age / seconds), unit) : gettext("just now");
}

/** Keep the ages of elements with data-since, in Unix seconds, up to date. */
export function keepAgesCurrent() {
  setInterval(() => {
    for (const element of document.querySelectorAll("[data-since]")) {
      element.textContent = ago(Number(element.dataset.since), Date.now() / 1000);
    }
  }, 5000);
}
