import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { APICallError, generateText, RetryError, streamText } from "ai";
import { forEachClient } from "./ai-sdk.mjs";
import { collect, failure, requestsOf, untilAsked, untilClosed } from "./support.mjs";

forEachClient(({ chat }) => {
  test("a limit is a typed error that a retry may solve", async () => {
    const error = await failure(generateText({ model: chat("busy"), prompt: "Hi", maxRetries: 0 }));
    assert.ok(APICallError.isInstance(error), error);
    assert.deepEqual([error.statusCode, error.isRetryable, error.data.error.type], [429, true, "rate_limit_error"]);
    assert.match(error.message, /try again in 2s/);
  });

  test("a retry waits as long as the provider says", async () => {
    const prompt = randomUUID();
    const start = performance.now();
    const error = await failure(generateText({ model: chat("busy"), prompt, maxRetries: 1 }));
    assert.ok(RetryError.isInstance(error) && APICallError.isInstance(error.lastError), error);
    assert.equal((await requestsOf(prompt)).length, 4); // the portal repeats each of the two once
    assert.equal(error.lastError.responseHeaders["retry-after"], "2");
    assert.ok(performance.now() - start > 1_900);
  });

  test("a model that cannot chat is a typed error that no retry solves", async () => {
    const error = await failure(generateText({ model: chat("embedder"), prompt: "Hi" }));
    assert.ok(APICallError.isInstance(error), error);
    assert.deepEqual([error.statusCode, error.isRetryable], [422, false]);
  });

  test("a broken stream is an error after its text", async () => {
    const result = streamText({ model: chat("broken"), prompt: "Hi", onError: () => {} });
    const parts = await collect(result.fullStream);
    assert.deepEqual(
      parts.filter((part) => part.type === "text-delta").map((part) => part.text),
      ["Hello"],
    );
    const { error } = parts.find((part) => part.type === "error");
    assert.match(error.message, /broke off/);
  });

  test("an abort closes the provider's stream", async () => {
    const prompt = randomUUID();
    const abort = new AbortController();
    const result = streamText({ model: chat("slow"), prompt, abortSignal: abort.signal });
    for await (const part of result.fullStream) if (part.type === "text-delta") abort.abort();
    await untilClosed(prompt);
  });

  test("an abort closes the provider's request for a whole answer", async () => {
    const prompt = randomUUID();
    const abort = new AbortController();
    const error = failure(generateText({ model: chat("slow"), prompt, abortSignal: abort.signal }));
    await untilAsked(prompt);
    abort.abort();
    assert.equal((await error).name, "AbortError");
    await untilClosed(prompt);
  });
});
