/* How an answer ended, in words. */
import { fill, gettext } from "../portal/words.js";

const COMPLETE = [null, "stop", "tool_calls", "function_call"]; // finish reasons of whole answers
const CUT = {
  length: gettext("The answer reached the model's length limit: it is not finished."),
  content_filter: gettext("The provider's filter cut the answer short."),
  refusal: gettext("The model declined to answer."),
};

/** Return the state of an answer with this finish reason, its note and the line for the status. */
export function ending(reason, words) {
  const say = (text) => fill(text, { words, reason });
  if (COMPLETE.includes(reason)) {
    return { state: "complete", note: "", status: say(gettext("Answer complete: {words}.")) };
  }
  if (reason === "stopped") {
    const note = say(gettext("Stopped by you after {words}."));
    return { state: "stopped", note, status: say(gettext("Stopped after {words}.")) };
  }
  const note = CUT[reason] ?? say(gettext("The model ended this early. Its reason: {reason}."));
  return { state: "interrupted", note, status: say(gettext("The answer is not finished: {words}.")) };
}
