/* The two models of a question: their pickers, and what is known of the chosen ones. */
import { demoWarning, showAbout } from "../portal/about.js";
import { at } from "../portal/dom.js";
import { ModelSelect } from "../portal/model_select.js";
import { Picker } from "../portal/picker.js";

/** Return the choice of a model that can do `capability`. */
function picked(capability) {
  const model = new ModelSelect(at(`model-${capability}`));
  new Picker(model);
  const show = () => showAbout(model.select, at(`about-${capability}`), demoWarning(model.select));
  model.select.addEventListener("model", show);
  show();
  return model;
}

export const models = { chat: picked("chat"), sql: picked("sql") };
