/*
 * Other tabs: what is asked in one of them appears in all that show the conversation. Those of this
 * browser hear of it at once, others when their reader comes back to them.
 */
import { isTemporary, log, messages, state } from "./state.js";

const channel = new BroadcastChannel("conversations");

/** Report to the other tabs that this conversation, or the list of them, has changed. */
export function reportChange() {
  if (!isTemporary) channel.postMessage(messages.dataset.conversation);
}

async function load() {
  const { conversation } = messages.dataset;
  if (state.exchange) return;
  const query = new URLSearchParams(location.search);
  query.set("since", messages.querySelector("[data-version]")?.dataset.version ?? "");
  const path = `/chat/${conversation}/messages?${query}`;
  await htmx.ajax("GET", path, { target: messages, swap: "innerHTML" });
}

function loadWhenSeen() {
  if (messages.dataset.conversation && !document.hidden) state.rendering = state.rendering.then(load);
}

channel.addEventListener("message", ({ data: conversation }) => {
  document.body.dispatchEvent(new CustomEvent("conversations-changed"));
  if (conversation === messages.dataset.conversation) loadWhenSeen();
});
document.addEventListener("visibilitychange", loadWhenSeen);

messages.addEventListener("click", (event) => {
  const link = event.target.closest(".earlier a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const target = link.closest(".earlier");
  log.keepPlace(() => htmx.ajax("GET", link.dataset.path, { target, swap: "outerHTML" }));
});
