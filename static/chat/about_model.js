/*
 * Under the picker: what the chosen model is, and where the text goes. And, where a choice has
 * outlived the default of its time: that the default is another model now.
 */
import { showAbout } from "../portal/about.js";
import { at } from "../portal/dom.js";
import { Picker } from "../portal/picker.js";
import { model } from "./state.js";

new Picker(model);

function show() {
  showAbout(model.select, at("model-about"));
  at("newer-default").hidden = !model.defaultChanged;
  at("newer-name").textContent = model.defaultTitle;
}

/** Choose the model that a link of the models page names. */
function follow(id) {
  if (![...model.select.options].some((option) => option.value === id)) return;
  model.choose(id);
  history.replaceState(history.state, "", location.pathname);
}

model.select.addEventListener("model", show);
at("use-default").addEventListener("click", () => model.choose(""));
at("keep-choice").addEventListener("click", () => model.choose(model.select.value));
follow(new URLSearchParams(location.search).get("model"));
show();
