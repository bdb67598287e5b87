/* The chat page: what arrives on its socket, and what htmx reports. */
import { setAlert, setStatus } from "../portal/dom.js";
import { showSignedOut } from "../portal/signed_out.js";
import { fill, gettext } from "../portal/words.js";
import { follow } from "./asking.js";
import "./composer.js";
import { disconnect, handlers, renderLost } from "./exchange.js";
import "./sidebar.js";
import { sentenceOf } from "./sentence.js";
import "./until.js";
import "./about_model.js";
import { log, messages, refresh, socket, state } from "./state.js";
import { reportChange } from "./tabs.js";

socket.addEventListener("frame", ({ detail: frame }) => {
  const { exchange } = state;
  const belongs = exchange && (frame.id === exchange.answer.id || (frame.id === null && !exchange.started));
  if (belongs) handlers[frame.type]?.(frame);
  else if (frame.type === "title") showNewTitle();
  else if (frame.error?.code === "server_restarting") setStatus(gettext("The portal is restarting."));
  else if (frame.type === "error") setAlert(sentenceOf(frame.error));
});

/** A model has named a conversation: the list has its title, here and in other tabs. */
function showNewTitle() {
  document.body.dispatchEvent(new CustomEvent("conversations-changed"));
  reportChange();
}

socket.addEventListener("open", () => {
  setStatus("");
  setAlert("");
  refresh();
  renderLost();
  follow();
});

socket.addEventListener("lost", ({ detail: seconds }) => {
  disconnect();
  const text = gettext("No connection to the portal. Trying again in {seconds} s.");
  setStatus(fill(text, { seconds: Math.ceil(seconds) }));
  refresh();
});

socket.addEventListener("signed-out", signOut);

function signOut() {
  showSignedOut();
  refresh();
}

// htmx fires these for the parts of the page that it fetches.
messages.addEventListener("htmx:after:settle", () => {
  refresh();
  log.follow();
  follow();
});
document.body.addEventListener("htmx:response:error", ({ detail }) => {
  const { status } = detail.ctx.response;
  if (status === 401) return signOut();
  const failed = fill(gettext("That did not work (HTTP {status}). Try again."), { status });
  setAlert(status === 403 ? gettext("This page is too old. Reload it.") : failed);
});
