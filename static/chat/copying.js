/* Copies: answers as rich text and as Markdown, code, and what a reader selects. */
import { at, setStatus } from "../portal/dom.js";
import { source } from "./articles.js";

/** Copy text, with HTML beside it. Pages that came over plain http have no clipboard: there a command copies. */
async function copy(text, html = "") {
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

/** Return the HTML of an answer for other programs: without what belongs to the page. */
function richText(article) {
  if (article.classList.contains("user")) return "";
  const body = article.querySelector(".body").cloneNode(true);
  for (const bar of body.querySelectorAll(".bar")) bar.remove();
  return body.innerHTML;
}

function showCopied(button) {
  const title = button.textContent;
  button.focus();
  button.textContent = "Copied";
  setStatus("Copied.");
  setTimeout(() => {
    button.textContent = title;
  }, 1500);
}

const copies = {
  copy: (article) => copy(source(article).textContent, richText(article)),
  "copy-markdown": (article) => copy(source(article).textContent),
  "copy-code": (_, button) => copy(button.closest(".code").querySelector("code").textContent),
};

/** The actions of the buttons that copy. */
export const copyActions = Object.fromEntries(
  Object.entries(copies).map(([name, run]) => [
    name,
    async (article, button) => {
      await run(article, button);
      showCopied(button);
    },
  ]),
);

/** Return a formula as a model writes it. */
function formula(math) {
  const mark = math.getAttribute("display") === "block" ? "$$" : "$";
  return mark + math.querySelector("annotation").textContent + mark;
}

// A selection with formulas is copied with their source: browsers would copy single letters.
at("log").addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const part = document.createElement("div");
  part.append(selection.getRangeAt(0).cloneContents());
  if (!part.querySelector("annotation")) return;
  event.clipboardData.setData("text/html", part.innerHTML);
  for (const math of part.querySelectorAll("math:has(annotation)")) math.replaceWith(formula(math));
  document.body.append(part); // only what is on the page has lines
  // biome-ignore lint/performance/useDomNodeTextContent: lines of a text are what the page shows
  event.clipboardData.setData("text/plain", part.innerText);
  part.remove();
  event.preventDefault();
});
