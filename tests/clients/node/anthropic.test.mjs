import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import Anthropic, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";
import { collect, failure, providers, requestsOf, token, untilAsked, untilClosed } from "./support.mjs";

const baseURL = process.env.PORTAL_URL;
const client = new Anthropic({ baseURL, apiKey: token });
const Trip = z.object({ city: z.string(), days: z.number().int() });
const messages = [{ role: "user", content: "Hi" }];
const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools = [{ name: "weather", description: "The weather.", input_schema: city }];
const max_tokens = 100;

for (const provider of providers) {
  const model = `${provider}:talker`;

  describe(`anthropic, ${provider}`, { concurrency: true }, () => {
    test("a message is answered whole and as a stream", async () => {
      const answer = await client.messages.create({ model, max_tokens, messages });
      assert.deepEqual([answer.content[0].text, answer.stop_reason], ["Hello there.", "end_turn"]);
      assert.deepEqual([answer.usage.input_tokens, answer.usage.output_tokens], [7, 5]);
      assert.ok(answer._request_id);
      const events = await collect(await client.messages.create({ model, max_tokens, messages, stream: true }));
      assert.deepEqual([events[0].type, events.at(-1).type], ["message_start", "message_stop"]);
      const stream = client.messages.stream({ model, max_tokens, messages });
      assert.equal(await stream.finalText(), "Hello there.");
      assert.equal((await stream.finalMessage()).usage.output_tokens, 5);
    });

    for (const stream of [false, true]) {
      test(`a tool is called and its result goes back, ${stream ? "streamed" : "whole"}`, async () => {
        const cities = [];
        const run = ({ city }) => cities.push(city) && `sunny in ${city}`;
        const inputSchema = z.object({ city: z.string() });
        const weather = betaZodTool({ name: "weather", description: "The weather.", inputSchema, run });
        const runner = client.beta.messages.toolRunner({ model, max_tokens, messages, tools: [weather], stream });
        const last = await runner.runUntilDone();
        assert.deepEqual([cities, last.content[0].text], [["Bonn"], "Hello there."]);
      });

      test(`thoughts come before the text and go back, ${stream ? "streamed" : "whole"}`, async () => {
        const thinking = { type: "enabled", budget_tokens: 1024 };
        const request = { model: `${provider}:thinker`, max_tokens: 2048, messages, thinking };
        const answer = stream
          ? await client.messages.stream(request).finalMessage()
          : await client.messages.create(request);
        const [thought, text] = answer.content;
        assert.deepEqual([thought.type, thought.thinking], ["thinking", "They greet me."]);
        assert.equal(text.text, "Hello there.");
        const history = [...messages, { role: "assistant", content: answer.content }, ...messages];
        const next = await client.messages.create({ ...request, messages: history });
        assert.equal(next.stop_reason, "end_turn");
      });
    }

    test("output has the form of a schema", async () => {
      const request = { model, max_tokens, messages, output_config: { format: zodOutputFormat(Trip) } };
      assert.deepEqual((await client.messages.parse(request)).parsed_output, { city: "Bonn", days: 3 });
    });

    test("tokens are counted", async () => {
      const { input_tokens } = await client.messages.countTokens({ model, messages, tools });
      assert.ok(input_tokens > 20, input_tokens);
    });

    test("heartbeats before a late answer are no events", async () => {
      const request = { model: `${provider}:silent`, max_tokens, messages, stream: true };
      const events = await collect(await client.messages.create(request));
      assert.equal(events[0].type, "message_start");
      assert.equal(await client.messages.stream(request).finalText(), "Hello there.");
    });

    test("a limit is a typed error, and its retry waits as long as the provider says", async () => {
      const content = randomUUID();
      const request = { model: `${provider}:busy`, max_tokens, messages: [{ role: "user", content }] };
      const start = performance.now();
      const error = await failure(client.messages.create(request, { maxRetries: 1 }));
      assert.ok(error instanceof RateLimitError, error);
      assert.deepEqual([error.status, error.type], [429, "rate_limit_error"]);
      assert.equal(error.requestID, error.headers.get("x-request-id"));
      assert.match(error.message, /try again in 2s/);
      assert.equal((await requestsOf(content)).length, 4); // the portal repeats each of the two once
      assert.ok(performance.now() - start > 1_900);
    });

    test("too much to do is a typed error, and its retry waits, too", async () => {
      const content = randomUUID();
      const request = { model: `${provider}:overloaded`, max_tokens, messages: [{ role: "user", content }] };
      const start = performance.now();
      const error = await failure(client.messages.create(request, { maxRetries: 1 }));
      assert.ok(error instanceof InternalServerError, error);
      assert.equal(error.type, "overloaded_error");
      assert.equal((await requestsOf(content)).length, 4); // the portal repeats each of the two once
      assert.ok(performance.now() - start > 950);
    });

    test("a broken stream is a typed error after its text", async () => {
      const words = [];
      const stream = client.messages.stream({ model: `${provider}:broken`, max_tokens, messages });
      stream.on("text", (text) => words.push(text));
      const error = await failure(stream.done());
      assert.ok(error instanceof APIError, error);
      assert.equal(error.error.error.code, "provider_bad_response");
      assert.equal(words.join(""), "Hello");
    });

    test("an abort closes the provider's stream", async () => {
      const content = randomUUID();
      const request = { model: `${provider}:slow`, max_tokens, messages: [{ role: "user", content }] };
      const stream = client.messages.stream(request).on("text", () => stream.abort());
      assert.ok((await failure(stream.done())) instanceof APIUserAbortError);
      await untilClosed(content);
    });

    test("an abort closes the provider's request for a whole answer", async () => {
      const content = randomUUID();
      const abort = new AbortController();
      const request = { model: `${provider}:slow`, max_tokens, messages: [{ role: "user", content }] };
      const error = failure(client.messages.create(request, { signal: abort.signal }));
      await untilAsked(content);
      abort.abort();
      assert.ok((await error) instanceof APIUserAbortError);
      await untilClosed(content);
    });
  });
}

test("a wrong token and an unknown model are typed errors", async () => {
  const stranger = new Anthropic({ baseURL, apiKey: "wrong" });
  const request = { model: "oai:talker", max_tokens, messages };
  assert.ok((await failure(stranger.messages.create(request))) instanceof AuthenticationError);
  const missing = await failure(client.messages.create({ ...request, model: "nowhere:at-all" }));
  assert.ok(missing instanceof NotFoundError || missing.status === 400, missing);
});

test("the models are listed", async () => {
  const ids = (await collect(client.models.list())).map((model) => model.id);
  assert.ok(ids.includes("oai:talker"), ids);
  assert.equal((await client.models.retrieve("oai:talker")).id, "oai:talker");
});
