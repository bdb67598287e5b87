/* How an answer ended, in words. */

const COMPLETE = [null, "stop", "tool_calls", "function_call"]; // finish reasons of whole answers
const CUT = {
  length: "The answer reached the model's length limit: it is not finished.",
  content_filter: "The provider's filter cut the answer short.",
  refusal: "The model declined to answer.",
};

/** Return the state of an answer with this finish reason, its note and the line for the status. */
export function ending(reason, words) {
  if (COMPLETE.includes(reason)) return { state: "complete", note: "", status: `Answer complete: ${words}.` };
  if (reason === "stopped") {
    return { state: "stopped", note: `Stopped by you after ${words}.`, status: `Stopped after ${words}.` };
  }
  return {
    state: "interrupted",
    note: CUT[reason] ?? `The model ended this early. Its reason: ${reason}.`,
    status: `The answer is not finished: ${words}.`,
  };
}
