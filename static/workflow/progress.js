/* What the portal does with a question, and what it read in a schema: in words. */

const STEPS = { ask: "is being asked", check: "has answered; its answer is being checked" };
const ROLES = { chat: "The model that understands the question", sql: "The model that writes SQL" };

/** Return a sentence for a `progress` event. */
export function progressText({ role, step, attempt }) {
  return `${ROLES[role]} ${STEPS[step]}${attempt > 1 ? ` (attempt ${attempt})` : ""}.`;
}

/** Return the lines about a schema: its tables with their numbers of columns, and its issues. */
export function schemaLines({ tables, issues }) {
  const names = tables.map((table) => `${table.name} (${table.columns.length})`).join(", ");
  const lines = issues.map(({ line, message }) => (line ? `Line ${line}: ${message}` : message));
  return names ? [`Tables: ${names}.`, ...lines] : lines;
}
