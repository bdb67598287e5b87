/*
 * The model dropdowns. The choice is kept per capability in localStorage, and per place on a page
 * that has several. It survives reloads and edits of models.yaml: a model that left the file stays
 * chosen, marked as unavailable.
 */

import { fill, gettext } from "./words.js";

export class ModelSelect {
  constructor(select) {
    this.select = select;
    const { capability, place } = select.dataset;
    this.key = `model:${capability}${place ? `:${place}` : ""}`;
    this.restore();
    select.addEventListener("change", () => this.store());
    select.addEventListener("htmx:after:settle", () => {
      this.markCleared();
      this.restore();
    });
    // While the list has the focus it may be open: its new options wait until it loses the focus.
    select.addEventListener("htmx:before:request", (event) => {
      if (document.activeElement !== select && !this.held) return;
      event.preventDefault();
      this.stale = true;
    });
    select.addEventListener("blur", () => this.release());
  }

  /** Keep the options as they are until `release`. */
  hold() {
    this.held = true;
  }

  release() {
    this.held = false;
    if (this.stale) this.select.dispatchEvent(new CustomEvent("models-changed"));
    this.stale = false;
  }

  /** Offer only models for what stays in the house, or all. Returns how many are not offered. */
  onlyLocal(only) {
    this.only = only;
    this.markCleared();
    this.emit();
    return [...this.select.options].filter((option) => option.value && option.disabled).length;
  }

  markCleared() {
    for (const option of this.select.options) {
      option.disabled = Boolean(this.only) && option.dataset.local === undefined;
    }
  }

  /** The model's ID, or null for the default. */
  get value() {
    return this.select.value || null;
  }

  /** Whether a question can be sent with this choice. */
  get usable() {
    const option = this.select.selectedOptions[0];
    return Boolean(option) && !option.disabled && option.dataset.unusable === undefined;
  }

  /** The ID of the model that would answer. */
  get id() {
    return this.select.value || this.select.selectedOptions[0]?.dataset.id || "";
  }

  get title() {
    return this.select.selectedOptions[0]?.dataset.title ?? gettext("the model");
  }

  /** How many tokens the model takes, or 0 if that is not known. */
  get window() {
    return Number(this.select.selectedOptions[0]?.dataset.context ?? 0);
  }

  /** What people may choose of its answers: names of fields. */
  get adjustable() {
    return this.select.selectedOptions[0]?.dataset.adjustable?.split(" ") ?? [];
  }

  /** Does the model see pictures? */
  get sees() {
    return this.select.selectedOptions[0]?.dataset.vision !== undefined;
  }

  /** The titles of the models that do. */
  get seeing() {
    const able = [...this.select.options].filter((o) => o.dataset.vision !== undefined && !o.disabled);
    return [...new Set(able.map((option) => option.dataset.title))];
  }

  /** Return the option to ask instead of the model `id`: the chosen one, or another that may answer. */
  other(id, longer = false) {
    const failed = [...this.select.options].find((option) => option.value === id);
    const enough = longer ? Number(failed?.dataset.context ?? Number.POSITIVE_INFINITY) + 1 : 0;
    const fits = (option) => !longer || Number(option.dataset.context ?? 0) >= enough;
    const rest = [...this.select.options].filter((o) => o.value && o.value !== id && !o.disabled && fits(o));
    const sound = rest.filter((o) => o.dataset.trouble === undefined && o.dataset.unusable === undefined);
    const elsewhere = (option) => option.parentElement !== failed?.parentElement;
    return sound.find((o) => o.value === this.id) ?? sound.find(elsewhere) ?? sound[0];
  }

  choose(id) {
    this.select.value = id;
    this.store();
  }

  get default() {
    return [...this.select.options].find((option) => option.value === "" && option.dataset.id);
  }

  get defaultTitle() {
    return this.default?.dataset.title ?? "";
  }

  /** Is the default another model than when this choice was made, and than the chosen one? */
  get defaultChanged() {
    const now = this.default?.dataset.id;
    const before = this.read(`${this.key}:default`);
    return Boolean(this.select.value && now && before && before !== now && now !== this.select.value);
  }

  read(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be forbidden
    }
  }

  store() {
    try {
      localStorage.setItem(this.key, this.select.value);
      localStorage.setItem(`${this.key}:default`, this.default?.dataset.id ?? "");
    } catch {} // storage may be forbidden: the choice then lasts as long as the page
    this.choice = this.select.value;
    this.emit();
  }

  restore() {
    this.choice ??= this.read(this.key) ?? "";
    const options = [...this.select.options];
    if (!options.some((option) => option.value === this.choice)) this.addUnavailable(this.choice);
    this.select.value = this.choice;
    this.emit();
  }

  addUnavailable(id) {
    const option = new Option(fill(gettext("{id} — no longer available"), { id }), id);
    option.dataset.unusable = "";
    this.select.prepend(option);
  }

  emit() {
    this.select.dispatchEvent(new CustomEvent("model", { bubbles: true }));
  }
}
