/* Copies: answers as rich text and as Markdown, code, and what a reader selects. */
import { copyText } from "../portal/clipboard.js";
import { at, setStatus } from "../portal/dom.js";
import { fill, gettext } from "../portal/words.js";
import { source } from "./articles.js";

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
  button.textContent = gettext("Copied");
  setStatus(gettext("Copied."));
  setTimeout(() => {
    button.textContent = title;
  }, 1500);
}

/** Return the text of a message, after the names of its files. */
function textOf(article) {
  const names = [...article.querySelectorAll(".file bdi")].map((name) => name.textContent.trim());
  const attached = names.length ? fill(gettext("Attached: {names}"), { names: names.join(", ") }) : "";
  return [attached, source(article).textContent].filter(Boolean).join("\n\n");
}

const copies = {
  copy: (article) => copyText(textOf(article), richText(article)),
  "copy-markdown": (article) => copyText(source(article).textContent),
  "copy-code": (_, button) => copyText(button.closest(".code").querySelector("code").textContent),
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
