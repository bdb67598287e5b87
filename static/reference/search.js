/*
 * The search of the reference: it shows the operations that have all words, in their path, their
 * purpose or their fields. Enter goes to the first.
 */
import { at, setStatus } from "../portal/dom.js";
import { fill, ngettext } from "../portal/words.js";

const box = at("q");
const textOf = (element) => element.textContent.toLowerCase();
const entries = [...document.querySelectorAll(".operation")].map((section) => ({
  section,
  link: document.querySelector(`.contents a[href="#${section.id}"]`).parentElement,
  text: [...section.querySelectorAll("h3, .summary, th[scope=row]")].map(textOf).join(" "),
}));
const shown = () => entries.filter(({ section }) => !section.hidden);

function search() {
  const words = box.value.toLowerCase().split(/\s+/);
  for (const { section, link, text } of entries) {
    section.hidden = link.hidden = !words.every((word) => text.includes(word));
  }
  const count = shown().length;
  setStatus(box.value ? fill(ngettext("{count} address found.", "{count} addresses found.", count), { count }) : "");
}

function openFirst(event) {
  event.preventDefault();
  const [first] = shown();
  if (!first) return;
  location.hash = first.section.id;
  first.section.querySelector("h3 a").focus();
}

/** A link to what the search hides ends the search. */
function reveal() {
  if (!at(location.hash.slice(1))?.closest("[hidden], .group:not(:has(.operation:not([hidden])))")) return;
  box.value = "";
  search();
  at(location.hash.slice(1)).scrollIntoView();
}

at("search").hidden = false;
at("search").addEventListener("submit", openFirst);
box.addEventListener("input", search);
addEventListener("hashchange", reveal);
search(); // the browser may have kept the words
