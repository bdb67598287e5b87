// What the tests of all clients share: see scripts/with_portal.py.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

export const url = `${process.env.PORTAL_URL}/v1`;
export const token = process.env.PORTAL_TOKEN;
export const providers = ["oai", "oll"]; // one in OpenAI's format, one in Ollama's

/** Return the items of a stream. */
export async function collect(stream) {
  const items = []; // Node 20 has no Array.fromAsync
  for await (const item of stream) items.push(item);
  return items;
}

/** Return the error of a call that fails. */
export function failure(call) {
  return call.then(
    () => assert.fail("no error"),
    (error) => error,
  );
}

/** Return the provider's requests whose last message is `text`; `left` is true once the portal closed it. */
export async function requestsOf(text) {
  const response = await fetch(`${process.env.PROVIDER_URL}/prompts`);
  return (await response.json()).filter((request) => request.text === text);
}

/** Return once the provider has a request of `text`. */
export async function untilAsked(text) {
  await until(async () => (await requestsOf(text)).length > 0);
}

/** Return once the portal has closed the provider's request of `text`. */
export async function untilClosed(text) {
  await until(async () => (await requestsOf(text)).some((request) => request.left));
}

async function until(condition) {
  const end = Date.now() + 5_000; // the portal's own timeouts are longer
  while (!(await condition())) {
    assert.ok(Date.now() < end, "it did not happen within 5 s");
    await sleep(20);
  }
}
