/*
 * The page of a sign-in link. The secret is in the fragment of the address, which browsers send to
 * no one; without this script, people can paste it.
 */
import { at } from "../portal/dom.js";
import { fill } from "../portal/words.js";

/** Take the secret out of the address, so that the history does not keep it. */
function takeSecret() {
  const secret = location.hash.slice(1);
  if (secret) history.replaceState(null, "", location.pathname);
  return secret;
}

/** Show the form and whom it signs in, or why the link does not work. */
function show({ state, user = "" }) {
  const { once, named } = at("who").dataset; // the texts are the page's: no catalogue is loaded here
  at("who").textContent = user ? fill(named, { user }) : once;
  at("link").hidden = state !== "valid";
  at("refused").hidden = state === "valid";
  for (const reason of at("refused").querySelectorAll("[data-for]")) reason.hidden = reason.dataset.for !== state;
}

/** Ask whether the link still works. If there is no answer, the button will show it. */
async function check() {
  const secret = takeSecret();
  if (!secret) return;
  at("secret").value = secret;
  at("paste").hidden = true;
  const form = at("link");
  try {
    const response = await fetch(form.dataset.states, { method: "POST", body: new FormData(form) });
    show(response.ok ? await response.json() : { state: "valid" });
  } catch {
    show({ state: "valid" });
  }
}

addEventListener("hashchange", check); // another link in the same tab
check();
