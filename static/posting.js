/*
 * Posting JSON to the portal as the signed-in user. Signing in again, in any tab, makes this page's
 * CSRF token worthless: a new one is fetched then, so that nobody loses a page's text by a reload.
 */
"use strict";

const HEADERS = "hx-headers:inherited"; // where htmx has the token too
const SIGNED_OUT = "You are signed out. Sign in in another tab, then do this again: your text stays here.";

/** What the portal refused. `code` is the API's word for why. */
class Refusal extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/** Return the portal's answer. Throws Refusal with words for people, TypeError without a network. */
async function post(path, body, signal) {
  let answer = await send(path, body, signal);
  if (answer.status === 401 || answer.status === 403) {
    await renew(signal);
    answer = await send(path, body, signal);
  }
  if (answer.ok) return answer;
  throw await refusal(answer);
}

function send(path, body, signal) {
  const token = JSON.parse(document.body.getAttribute(HEADERS))["X-CSRFToken"];
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/** Take over the token of a new page. Throws Refusal if that is not for the reader of this one. */
async function renew(signal) {
  const answer = await fetch("/workflow", { cache: "no-store", signal });
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  const user = found.querySelector("[data-user]")?.dataset.user;
  if (!user) throw new Refusal(SIGNED_OUT, "unauthenticated");
  if (user !== document.querySelector("[data-user]").dataset.user) {
    throw new Refusal("Somebody else is signed in now. Copy what you need, and reload the page.", "unauthenticated");
  }
  document.body.setAttribute(HEADERS, found.body.getAttribute(HEADERS));
}

async function refusal(answer) {
  const { message, code, request_id: id } = (await answer.json().catch(() => null))?.error ?? {};
  if (answer.status === 401) return new Refusal(SIGNED_OUT, code);
  if (!message) return new Refusal(`The portal answered ${answer.status}. Try again.`, code);
  return new Refusal(answer.status === 500 ? `${message} (request ${id})` : message, code);
}
