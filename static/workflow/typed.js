/* Which texts survive when the checked query replaces the one on the page. */

/** The IDs of the boxes that an edit sends, or what they start with. */
export const BOXES = { clauses: "clause-", sql: "sql-text", ir: "ir-text" };

export const isCard = (id) => id.startsWith(BOXES.clauses);

/**
 * Return whether the text of a box must survive the response to an edit of `what`: when it was
 * typed after the edit was sent, or when the edit did not send it. Cards are sent when they change.
 */
export function survives(id, what, { value, defaultValue, sent }) {
  if (value !== sent) return true;
  const wasSent = BOXES[what] !== undefined && id.startsWith(BOXES[what]);
  return !wasSent && !isCard(id) && value !== defaultValue;
}

/** Return `text` with the word `wrong` replaced, wherever it is a whole word. */
export function withWord(text, wrong, right) {
  const word = wrong.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`(?<!\\w)${word}(?!\\w)`, "g"), () => right);
}
