import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import OpenAI, { APIError, APIUserAbortError, AuthenticationError, RateLimitError } from "openai";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { collect, failure, providers, requestsOf, token, untilAsked, untilClosed, url } from "./support.mjs";

const client = new OpenAI({ baseURL: url, apiKey: token });
const Trip = z.object({ city: z.string(), days: z.number().int() });
const messages = [{ role: "user", content: "Hi" }];

for (const provider of providers) {
  const model = `${provider}:talker`;
  const { completions } = client.chat;

  describe(`openai, ${provider}`, () => {
    test("a chat is answered whole and as a stream", async () => {
      const answer = await completions.create({ model, messages });
      assert.equal(answer.choices[0].message.content, "Hello there.");
      const chunks = await collect(await completions.create({ model, messages, stream: true }));
      assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), "Hello there.");
      const final = await completions.stream({ model, messages }).finalChatCompletion();
      assert.deepEqual([final.choices[0].message.content, final.choices[0].finish_reason], ["Hello there.", "stop"]);
    });

    for (const stream of [false, true]) {
      test(`a tool is called and its result goes back, ${stream ? "streamed" : "whole"}`, async () => {
        const cities = [];
        const execute = ({ city }) => cities.push(city) && `sunny in ${city}`;
        const weather = zodFunction({ name: "weather", parameters: z.object({ city: z.string() }), function: execute });
        const runner = completions.runTools({ model, messages, tools: [weather], stream });
        assert.equal(await runner.finalContent(), "Hello there.");
        assert.deepEqual(cities, ["Bonn"]);
        const history = [...runner.messages, ...messages];
        assert.equal((await completions.create({ model, messages: history })).choices[0].finish_reason, "stop");
      });
    }

    test("output has the form of a schema", async () => {
      const request = { model, messages, response_format: zodResponseFormat(Trip, "trip") };
      const whole = await completions.parse(request);
      const streamed = await completions.stream(request).finalChatCompletion();
      for (const { choices } of [whole, streamed]) {
        assert.deepEqual(choices[0].message.parsed, { city: "Bonn", days: 3 });
      }
    });

    test("texts are embedded, as base64 unless floats are wanted", async () => {
      for (const more of [{}, { encoding_format: "float" }]) {
        const { data } = await client.embeddings.create({ model: `${provider}:embedder`, input: ["a", "bc"], ...more });
        assert.deepEqual(
          data.map((item) => item.embedding),
          [
            [1, 0.5, -0.25],
            [2, 0.5, -0.25],
          ],
        );
      }
    });

    test("the model is listed", async () => {
      const ids = (await collect(client.models.list())).map((item) => item.id);
      assert.ok(ids.includes(model), ids);
      assert.equal((await client.models.retrieve(model)).id, model);
    });

    test("a limit is a typed error, and its retry waits as long as the provider says", async () => {
      const content = randomUUID();
      const request = { model: `${provider}:busy`, messages: [{ role: "user", content }] };
      const start = performance.now();
      const error = await failure(completions.create(request, { maxRetries: 1 }));
      assert.ok(error instanceof RateLimitError, error);
      assert.deepEqual([error.status, error.type], [429, "rate_limit_error"]);
      assert.equal(error.requestID, error.headers.get("x-request-id"));
      assert.match(error.message, /try again in 2s/);
      assert.equal((await requestsOf(content)).length, 4); // the portal repeats each of the two once
      assert.ok(performance.now() - start > 1_900);
    });

    test("a broken stream is a typed error after its text", async () => {
      const words = [];
      const stream = await completions.create({ model: `${provider}:broken`, messages, stream: true });
      const read = async () => {
        for await (const chunk of stream) words.push(chunk.choices[0]?.delta.content ?? "");
      };
      const error = await failure(read());
      assert.ok(error instanceof APIError, error);
      assert.equal(error.code, "provider_bad_response");
      assert.equal(words.join(""), "Hello");
    });

    test("an abort closes the provider's stream", async () => {
      const content = randomUUID();
      const request = { model: `${provider}:slow`, messages: [{ role: "user", content }], stream: true };
      const stream = await completions.create(request);
      for await (const chunk of stream) if (chunk.choices[0].delta.content) stream.controller.abort();
      await untilClosed(content);
    });

    test("an abort closes the provider's request for a whole answer", async () => {
      const content = randomUUID();
      const abort = new AbortController();
      const request = { model: `${provider}:slow`, messages: [{ role: "user", content }] };
      const error = failure(completions.create(request, { signal: abort.signal }));
      await untilAsked(content);
      abort.abort();
      assert.ok((await error) instanceof APIUserAbortError);
      await untilClosed(content);
    });
  });
}

test("a wrong token is a typed error", async () => {
  const stranger = new OpenAI({ baseURL: url, apiKey: "wrong" });
  const error = await failure(stranger.chat.completions.create({ model: "oai:talker", messages }));
  assert.ok(error instanceof AuthenticationError, error);
});

describe("openai, relayed", () => {
  const file = () => new File([new Uint8Array(1000)], "speech.mp3", { type: "audio/mpeg" });

  test("sound becomes text, whole, plain and as a stream", async () => {
    const { transcriptions, translations } = client.audio;
    const model = "oai:scribe";
    assert.equal((await transcriptions.create({ model, file: file() })).text, "Hello there.");
    assert.equal((await translations.create({ model, file: file() })).text, "Hello there.");
    const plain = await transcriptions.create({ model, file: file(), response_format: "srt" });
    assert.equal(plain, "Hello there.\n");
    const events = await collect(await transcriptions.create({ model, file: file(), stream: true }));
    assert.equal(events.map((event) => event.delta ?? "").join(""), "Hello there.");
  });

  test("images are drawn, whole and as a stream", async () => {
    const asked = { model: "oai:painter", prompt: "A cat" };
    assert.equal((await client.images.generate({ ...asked, n: 2 })).data.length, 2);
    const events = await collect(await client.images.generate({ ...asked, stream: true, partial_images: 1 }));
    assert.deepEqual(
      events.map((event) => event.type.split(".")[1]),
      ["partial_image", "completed"],
    );
  });
});
