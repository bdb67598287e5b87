/*
 * The scripts' texts in the reader's language. base.html loads the catalogue before, unless that is
 * English; `make messages` finds the texts in calls of gettext and ngettext.
 */
const catalogue = globalThis.django ?? {};

/** Return the text in the reader's language. */
export const gettext = catalogue.gettext ?? ((text) => text);

/** Return the text for so many. */
export const ngettext = catalogue.ngettext ?? ((one, many, count) => (count === 1 ? one : many));

/** Put values into a text: {name} becomes values.name. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** The code of the reader's language, as `Intl` takes it. Tests have no document. */
export const language = globalThis.document?.documentElement.lang || "en";
