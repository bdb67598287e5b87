/* Ages that go on while nobody looks: elements with data-since, in Unix seconds. */
"use strict";

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

function ago(since) {
  const past = Date.now() / 1000 - since;
  const [seconds, unit] = UNITS.find(([seconds]) => past >= seconds) ?? [0];
  return unit ? `${Math.floor(past / seconds)} ${unit} ago` : "just now";
}

setInterval(() => {
  for (const age of document.querySelectorAll("[data-since]")) age.textContent = ago(Number(age.dataset.since));
}, 5000);
