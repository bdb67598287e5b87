/** Copy text, with HTML beside it. Pages that came over plain http have no clipboard: there a command copies. */
export async function copyText(text, html = "") {
  if (!navigator.clipboard) return copyByCommand(text);
  if (!html) return navigator.clipboard.writeText(text);
  const blob = (type, value) => new Blob([value], { type });
  const item = { "text/plain": blob("text/plain", text), "text/html": blob("text/html", html) };
  await navigator.clipboard.write([new ClipboardItem(item)]);
}

function copyByCommand(value) {
  const area = Object.assign(document.createElement("textarea"), { value });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
