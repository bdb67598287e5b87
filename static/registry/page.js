/* The page of the models: its ages, and lists that keep their choice while their options reload. */
import { keepAgesCurrent } from "../portal/ages.js";

function keepChoice(select) {
  let choice = select.value;
  select.addEventListener("htmx:before:swap", () => {
    choice = select.value;
  });
  select.addEventListener("htmx:after:settle", () => {
    if ([...select.options].some((option) => option.value === choice)) select.value = choice;
  });
}

for (const select of document.querySelectorAll("select[data-keep]")) keepChoice(select);
keepAgesCurrent();
