/* Enter in a box to ask in. On touch screens it breaks the line: their keyboards have no Shift+Enter. */
const touch = matchMedia("(pointer: coarse)");

/** Does this key send what is in the box? An input method may have the key. */
export function isSending(event) {
  if (event.isComposing || event.keyCode === 229) return false;
  return event.key === "Enter" && !event.shiftKey && !touch.matches;
}

export function sendsByEnter(box, send) {
  box.addEventListener("keydown", (event) => {
    if (!isSending(event)) return;
    event.preventDefault();
    send();
  });
}
