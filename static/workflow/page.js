/* The page that turns questions into SQL: its clicks and keys in the result. */
import "./asking.js";
import "./changing.js";
import "./example.js";
import "./own_sql.js";
import { confirmQuery } from "./confirming.js";
import { applyFix, edits, keepReading, restoreQuery, translate, undo, useName } from "./edits.js";
import { result } from "./form.js";
import { savePng, saveSvg } from "./picture.js";
import { queryState, toggleSqlBox } from "./query.js";
import { copySql, download, run } from "./running.js";

const CLICKS = {
  run,
  csv: download,
  png: savePng,
  svg: saveSvg,
  copy: copySql,
  again: () => edits.settled(),
  "apply-sql": () => edits.edit("sql"),
  "apply-ir": () => edits.edit("ir"),
  "edit-sql": toggleSqlBox,
  restore: restoreQuery,
  undo,
  confirm: confirmQuery,
};
const SENT_BY_KEY = { "sql-text": "sql", "ir-text": "ir" };

result.addEventListener("click", ({ target }) => {
  CLICKS[target.id]?.();
  if (target.dataset.fix) applyFix(JSON.parse(target.dataset.fix));
  if (target.dataset.reading) keepReading(target.dataset);
  if (target.dataset.use) useName(target.dataset, target);
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
