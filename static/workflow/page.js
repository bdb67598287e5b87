/* The page that turns questions into SQL: its clicks and keys in the result. */
import "./asking.js";
import { applyFix, edits, translate } from "./edits.js";
import { result } from "./form.js";
import { queryState, toggleSqlBox } from "./query.js";
import { copySql, download, run } from "./running.js";

const CLICKS = {
  run,
  csv: download,
  copy: copySql,
  again: () => edits.settled(),
  "apply-sql": () => edits.edit("sql"),
  "apply-ir": () => edits.edit("ir"),
  "edit-sql": toggleSqlBox,
};
const SENT_BY_KEY = { "sql-text": "sql", "ir-text": "ir" };

result.addEventListener("click", ({ target }) => {
  CLICKS[target.id]?.();
  if (target.dataset.fix) applyFix(JSON.parse(target.dataset.fix));
});
result.addEventListener("change", ({ target }) => {
  if (target.dataset.clause) edits.edit("clauses");
  if (target.id === "target" && queryState().ir) translate();
});
result.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const what = event.target.dataset.clause ? "clauses" : SENT_BY_KEY[event.target.id];
  if (!what) return;
  event.preventDefault();
  edits.edit(what);
});
