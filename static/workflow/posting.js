/*
 * Posts JSON to the portal as the signed-in user. Signing in again, in any tab, makes this page's
 * CSRF token invalid: a new one is fetched then, so that the page need not be reloaded.
 */

import { TOKEN_PLACE, token } from "../portal/posting.js";
import { fill, gettext } from "../portal/words.js";

const SIGNED_OUT = gettext("You are signed out. Sign in in another tab, then do this again: your text stays here.");

/** What the portal refused. `code` is the API's word for why. */
export class Refusal extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/** Return the portal's response. Throws Refusal with words for people, TypeError without a network. */
export async function post(path, body, signal) {
  let response = await send(path, body, signal);
  if (response.status === 401 || response.status === 403) {
    await renewToken(signal);
    response = await send(path, body, signal);
  }
  if (response.ok) return response;
  const payload = await response.json().catch(() => null);
  throw refusal(response.status, payload?.error);
}

function send(path, body, signal) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/** Take the token of a new page. Throws Refusal if another user is signed in, or none. */
async function renewToken(signal) {
  const response = await fetch("/workflow", { cache: "no-store", signal });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const user = page.querySelector("[data-user]")?.dataset.user;
  if (!user) throw new Refusal(SIGNED_OUT, "unauthenticated");
  if (user !== document.querySelector("[data-user]").dataset.user) {
    const sentence = gettext("Someone else is signed in now. Copy what you need, and reload the page.");
    throw new Refusal(sentence, "unauthenticated");
  }
  document.body.setAttribute(TOKEN_PLACE, page.body.getAttribute(TOKEN_PLACE));
}

/** Return the Refusal for a status and the API's error, if the response had one. */
export function refusal(status, { message, code, request_id: id } = {}) {
  if (status === 401) return new Refusal(SIGNED_OUT, code);
  if (!message) return new Refusal(fill(gettext("The portal answered {status}. Try again."), { status }), code);
  return new Refusal(status === 500 ? fill(gettext("{message} (request {id})"), { message, id }) : message, code);
}
