/* The list of conversations: its menus, its focus, and showing it on narrow screens. */
import { at } from "../portal/dom.js";
import { refreshTitle, showTitle } from "./title.js";

const button = at("show-sidebar");
const sidebar = at("sidebar");
const list = at("conversations");
const openMenus = () => [...list.querySelectorAll(".menu[open]")];

function setOpen(open) {
  sidebar.classList.toggle("open", open);
  button.setAttribute("aria-expanded", String(open));
}

button.addEventListener("click", () => setOpen(!sidebar.classList.contains("open")));

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-closes]")) target.closest(".menu").open = false;
  for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
});

/** Close what is open; return whether anything was. */
function close(target) {
  const cancel = target.closest(".rename")?.querySelector("[data-cancel]");
  if (cancel) {
    cancel.click();
    return true;
  }
  const menus = openMenus();
  for (const menu of menus) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (menus.length) return true;
  if (!sidebar.classList.contains("open")) return false;
  setOpen(false);
  button.focus();
  return true;
}

// In the capture phase: Escape closes these before it stops an answer.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Escape" && close(event.target)) event.preventDefault();
  },
  true,
);

// A reload of the list, or of an entry, must not remove a menu or a form that the reader has open.
document.body.addEventListener("htmx:before:swap", (event) => {
  const { target } = event;
  const isList = target.id === "search" && target !== document.activeElement;
  const part = isList ? list : target.closest("li.conversation");
  if (part?.querySelector(".rename, .menu[open]") && (isList || part === target)) event.preventDefault();
});

// Focus returns to the entry that was swapped, or to the one in its place.
let last = null;
list.addEventListener("focusin", ({ target }) => {
  const entry = target.closest("li");
  last = { id: entry.id, index: [...list.children].indexOf(entry) };
});

function followSwap() {
  const current = list.querySelector("[aria-current]");
  if (current) showTitle(current.textContent);
  else refreshTitle();
  if (last === null || document.activeElement !== document.body) return;
  const entry = at(last.id) ?? list.children[last.index] ?? list.lastElementChild;
  const control = entry?.querySelector("input, summary, a, button, select");
  (control ?? sidebar.querySelector("a")).focus();
  if (control?.dataset.select !== undefined) control.select();
}

new MutationObserver(followSwap).observe(list, { childList: true, subtree: true });
