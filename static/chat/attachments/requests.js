/* Files between the page and the portal. */
import { headers, token } from "../../portal/posting.js";
import { fill, gettext } from "../../portal/words.js";

const PATH = "/chat/attachments";
const TRIES = 30; // of an upload while another is being read, one a second

export const pathOf = (id) => `${PATH}/${id}`;

/** Return the IDs of the files that an element shows. */
export const idsIn = (element) => [...element.querySelectorAll(".file[data-id]")].map((item) => item.dataset.id);

/** Show in `chip` what `item` shows. */
export function fillChip(chip, item) {
  for (const { name, value } of item.attributes) chip.setAttribute(name, value);
  chip.removeAttribute("aria-busy");
  chip.replaceChildren(...item.childNodes);
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.querySelectorAll(".file")];
}

/** Return the files with these IDs that the portal still has; null if it does not answer. */
export async function fetchFiles(ids) {
  try {
    const query = new URLSearchParams(ids.map((id) => ["id", id]));
    const response = await fetch(`${PATH}?${query}`, { headers: headers() });
    return response.ok ? parsed(await response.text()) : null;
  } catch {
    return null; // there is no network
  }
}

/** Return the text of a file, as models read it. */
export async function fetchText(id) {
  const response = await fetch(`${pathOf(id)}/text`, { headers: headers() });
  if (!response.ok) throw new Error(await sentence(response));
  return response.text();
}

/** Upload a file, and return it as the box shows it. Throws Error with a sentence for people. */
export async function upload(file, pasted, signal) {
  for (let left = TRIES; ; left--) {
    const body = new FormData();
    body.append("file", file);
    if (pasted) body.append("pasted", "on");
    const response = await fetch(PATH, { method: "POST", body, headers: headers(), signal });
    if (response.ok) return parsed(await response.text())[0];
    const wait = Number(response.headers.get("Retry-After"));
    if (!wait || !left) throw new Error(await sentence(response));
    await new Promise((resume) => setTimeout(resume, wait * 1000));
  }
}

async function sentence(response) {
  if (response.headers.get("Content-Type")?.startsWith("text/plain")) return response.text();
  if (response.status === 401) return gettext("You are signed out. Sign in again, then attach the file.");
  if (response.status === 403) return gettext("This page is too old. Reload it, then attach the file.");
  return fill(gettext("The file could not be attached (HTTP {status}). Try again."), response);
}

/** Delete files that were not sent. It works while the page is left, too. */
export function discard(ids) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  for (const id of ids) body.append("id", id);
  navigator.sendBeacon(`${PATH}/discard`, body);
}
