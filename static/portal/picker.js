/*
 * A searchable list over a dropdown of models: the editable combobox of the ARIA patterns. The
 * dropdown stays what holds the choice, and is what people have without this script.
 */

import { fill, gettext, ngettext } from "./words.js";

const make = (tag, attributes, text = "") => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
};

/** Does a text match all words of a search? */
export function matches(text, search) {
  const where = text.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => where.includes(word));
}

function notOffered(count) {
  const text = ngettext(
    "{count} more may not get what stays in the house.",
    "{count} more may not get what stays in the house.",
    count,
  );
  return fill(text, { count });
}

export class Picker {
  constructor(model) {
    this.model = model;
    this.select = model.select;
    this.build();
    this.select.addEventListener("model", () => this.refresh());
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("input", () => this.open(this.input.value));
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
    this.list.addEventListener("click", ({ target }) => this.take(target.closest("[role=option]")));
    this.refresh();
  }

  build() {
    const { select } = this;
    const id = `${select.id}-list`;
    const combobox = { role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" };
    this.input = make("input", { id: `${select.id}-search`, autocomplete: "off", spellcheck: "false", ...combobox });
    this.list = make("div", { id, role: "listbox", "aria-label": gettext("Models"), hidden: "" });
    const box = make("div", { class: "picker" });
    document.querySelector(`label[for="${select.id}"]`).htmlFor = this.input.id;
    select.classList.add("hidden");
    select.setAttribute("aria-hidden", "true");
    select.tabIndex = -1;
    box.append(this.input, this.list);
    select.after(box);
  }

  get chosen() {
    return this.select.selectedOptions[0];
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Show the choice, unless someone is choosing. */
  refresh() {
    if (this.isOpen) return;
    const { chosen } = this;
    this.input.value = chosen?.dataset.title ?? chosen?.textContent.trim() ?? "";
  }

  open(search = "") {
    this.model.hold();
    this.list.replaceChildren(...this.groups(search));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    if (!search) this.input.select();
    this.activate(this.list.querySelector("[aria-selected=true]") ?? this.options[0]);
  }

  close() {
    if (!this.isOpen) return;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.refresh();
    this.model.release();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  groups(search) {
    const groups = [...this.select.children].map((child) => this.group(child, search)).filter(Boolean);
    const kept = [...this.select.options].filter((option) => option.value && option.disabled).length;
    if (!groups.length) groups.push(make("p", {}, gettext("No model matches.")));
    return kept ? [...groups, make("p", {}, notOffered(kept))] : groups;
  }

  group(child, search) {
    const name = child.matches("optgroup") ? child.label : ""; // an option has a label of its own, too
    const options = name ? [...child.children] : [child];
    const offered = options.filter(
      (option) => !option.disabled && matches(`${option.textContent} ${option.value}`, search),
    );
    if (!offered.length) return null;
    const group = make("div", { role: "group", "aria-label": name || gettext("Default") });
    if (name) group.append(make("div", { class: "name", "aria-hidden": "true" }, name));
    group.append(...offered.map((option) => this.option(option)));
    return group;
  }

  option(option) {
    const { facts, about, state, title } = option.dataset;
    const name = option.value ? (title ?? option.textContent) : option.textContent.trim();
    const selected = String(option === this.chosen);
    const row = make("div", { role: "option", id: `${this.list.id}-${option.index}`, "aria-selected": selected });
    row.dataset.index = option.index;
    row.append(make("span", {}, name));
    if (state && option.value) row.append(make("span", { class: "state" }, state));
    if (about) row.append(make("small", {}, about));
    if (facts) row.append(make("small", {}, facts));
    return row;
  }

  activate(row) {
    for (const other of this.options) other.classList.toggle("active", other === row);
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    const { options } = this;
    const at = options.findIndex((row) => row.classList.contains("active"));
    this.activate(options[(at + step + options.length) % options.length]);
  }

  press(event) {
    const { key } = event;
    if (event.isComposing) return;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (this.isOpen) this.move(key === "ArrowDown" ? 1 : -1);
      else this.open();
    } else if (key === "Enter") {
      event.preventDefault(); // it would send the question
      if (this.isOpen) this.take(this.list.querySelector(".active"));
      else this.open();
    } else if (key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    }
  }

  take(row) {
    if (!row) return;
    this.select.selectedIndex = Number(row.dataset.index);
    this.close();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
