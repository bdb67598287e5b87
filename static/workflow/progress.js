/* What the portal does with a question, and what it read in a schema: in words. */
import { fill, gettext, ngettext } from "../portal/words.js";

const STEPS = {
  chat: {
    ask: gettext("The model that understands the question is being asked{attempt}."),
    check: gettext("The model that understands the question has answered; its answer is being checked{attempt}."),
  },
  sql: {
    ask: gettext("The model that writes SQL is being asked{attempt}."),
    check: gettext("The model that writes SQL has answered; its answer is being checked{attempt}."),
  },
};

/** Return a sentence for a `progress` event. */
export function progressText({ role, step, attempt: number }) {
  const attempt = number > 1 ? fill(gettext(" (attempt {number})"), { number }) : "";
  return fill(STEPS[role][step], { attempt });
}

function tableText({ name, columns }) {
  const { length: count } = columns;
  return fill(ngettext("{name} ({count} column)", "{name} ({count} columns)", count), { name, count });
}

/** Return the lines about a schema: its tables with their numbers of columns, and its issues. */
export function schemaLines({ tables, issues }) {
  const names = tables.map(tableText).join(", ");
  const lines = issues.map(({ line, message }) =>
    line ? fill(gettext("Line {line}: {message}"), { line, message }) : message,
  );
  return names ? [fill(gettext("Tables: {names}."), { names }), ...lines] : lines;
}
