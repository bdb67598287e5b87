/* What a page says when its reader is signed out. */
import { at, setAlert, setStatus } from "./dom.js";
import { gettext } from "./words.js";

export function showSignedOut() {
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = gettext("Sign in again");
  setAlert(`${gettext("You are signed out. What you typed is kept in this tab.")} `);
  at("alert").append(link);
  setStatus("");
}
