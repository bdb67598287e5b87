/* Keys of all pages: the palette, a new conversation, and the list of keys. */
import { at } from "./dom.js";

const palette = at("palette");
const search = at("go-to");
const links = () => [...at("found").querySelectorAll("a")];
const isTyping = (target) => target.matches("input, textarea, select, [contenteditable]");

function openPalette() {
  if (palette.open) return;
  palette.showModal();
  search.select();
  search.dispatchEvent(new CustomEvent("palette"));
}

function openNew() {
  location.assign("/");
}

/** Return what a key does on any page. */
function actionOf({ key, ctrlKey, metaKey, shiftKey, altKey, target }) {
  const letter = key.toLowerCase();
  if (altKey) return null;
  if (ctrlKey || metaKey) return { k: openPalette, O: openNew }[shiftKey ? letter.toUpperCase() : letter];
  return key === "?" && !isTyping(target) ? () => at("keys").togglePopover() : null;
}

document.addEventListener("keydown", (event) => {
  const action = actionOf(event);
  if (!action) return;
  event.preventDefault();
  action();
});

// Arrows move between the box and what was found; Enter in the box opens the first.
palette.addEventListener("keydown", (event) => {
  const places = [search, ...links()];
  const now = places.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) places[(now + step + places.length) % places.length].focus();
  else if (event.key === "Enter" && now === 0) links()[0]?.click();
  else return;
  event.preventDefault();
});

palette.addEventListener("click", ({ target }) => {
  if (target === palette) palette.close(); // beside it
});
