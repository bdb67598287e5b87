/*
 * The model dropdowns. What was chosen is kept per capability in localStorage and survives reloads
 * and edits of models.yaml; a choice that has left the file is shown as such, never replaced.
 */
"use strict";

class ModelSelect {
  static of(select) {
    return (select.modelSelect ??= new ModelSelect(select));
  }

  constructor(select) {
    this.select = select;
    this.key = `model:${select.dataset.capability}`;
    this.restore();
    select.addEventListener("change", () => this.store());
    select.addEventListener("htmx:after:settle", () => this.restore());
    // An open list must not be swapped under its reader's hand: it waits until that has left.
    select.addEventListener("htmx:before:request", (event) => {
      if (document.activeElement !== select) return;
      event.preventDefault();
      this.stale = true;
    });
    select.addEventListener("blur", () => {
      if (this.stale) select.dispatchEvent(new CustomEvent("models-changed"));
      this.stale = false;
    });
  }

  /** The model's ID, or null for the default. */
  get value() {
    return this.select.value || null;
  }

  /** Whether something can be sent with this choice. */
  get usable() {
    const option = this.select.selectedOptions[0];
    return Boolean(option) && option.dataset.unusable === undefined;
  }

  /** The ID of the model that would answer. */
  get id() {
    return this.select.value || this.select.selectedOptions[0]?.dataset.id || "";
  }

  get title() {
    return this.select.selectedOptions[0]?.dataset.title ?? "the model";
  }

  store() {
    try {
      localStorage.setItem(this.key, this.select.value);
    } catch {} // storage may be forbidden: the choice then lasts as long as the page
    this.chosen = this.select.value;
    this.tell();
  }

  restore() {
    let wanted = this.chosen ?? null;
    try {
      wanted ??= localStorage.getItem(this.key);
    } catch {}
    this.chosen = wanted ?? "";
    const options = [...this.select.options];
    if (!options.some((option) => option.value === this.chosen)) this.showMissing(this.chosen);
    this.select.value = this.chosen;
    this.tell();
  }

  showMissing(id) {
    const option = new Option(`${id} — no longer available`, id);
    option.dataset.unusable = "";
    this.select.prepend(option);
  }

  tell() {
    this.select.dispatchEvent(new CustomEvent("model", { bubbles: true }));
  }
}

for (const select of document.querySelectorAll("select[data-capability]")) ModelSelect.of(select);

/* Other lists whose options follow the registry keep what was chosen, if it is still there. */
for (const select of document.querySelectorAll("select[data-keep]")) {
  let chosen = select.value;
  select.addEventListener("htmx:before:swap", () => (chosen = select.value));
  select.addEventListener("htmx:after:settle", () => {
    if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
  });
}
