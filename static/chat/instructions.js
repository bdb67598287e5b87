/* What models read before this conversation: its own instructions, which its box has. */
import { at } from "../portal/dom.js";
import { isTemporary } from "./state.js";

const box = at("system");
let stored = box.value; // as the server has them

/** Return what a question sends of them: what changed, or all where nothing is stored. */
export function instructionsFrame() {
  if (isTemporary) {
    const system = [box.dataset.own, box.value].filter((text) => text.trim()).join("\n\n");
    return { instructions: true, system };
  }
  return box.value === stored ? { instructions: true } : { instructions: true, system: box.value };
}

/** The server has accepted a question, and the instructions with it. */
export function keepInstructions() {
  stored = box.value;
}
