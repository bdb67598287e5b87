import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { Ollama } from "ollama";
import { collect, failure, providers, token, untilAsked, untilClosed } from "./support.mjs";

const host = process.env.PORTAL_URL;
const client = new Ollama({ host, headers: { Authorization: `Bearer ${token}` } });
const messages = [{ role: "user", content: "Hi" }];
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools = [{ type: "function", function: { name: "weather", description: "The weather.", parameters } }];

for (const provider of providers) {
  const model = `${provider}:talker`;

  describe(`ollama, ${provider}`, () => {
    test("a chat is answered whole and as a stream", async () => {
      const answer = await client.chat({ model, messages, keep_alive: "5m", options: { num_ctx: 4096 } });
      assert.equal(answer.message.content, "Hello there.");
      const parts = await collect(await client.chat({ model, messages, stream: true }));
      assert.equal(parts.map((part) => part.message.content).join(""), "Hello there.");
      assert.equal(parts.at(-1).done_reason, "stop");
    });

    test("a tool is called and its result goes back", async () => {
      const parts = await collect(await client.chat({ model, messages, tools, stream: true }));
      const { message } = parts.find((part) => part.message.tool_calls);
      const called = message.tool_calls[0].function;
      assert.deepEqual([called.name, called.arguments], ["weather", { city: "Bonn" }]);
      const result = { role: "tool", tool_name: "weather", content: "sunny" };
      const answer = await client.chat({ model, messages: [...messages, message, result], tools });
      assert.equal(answer.message.content, "Hello there.");
    });

    test("a prompt is answered, and a text continued", async () => {
      const parts = await collect(await client.generate({ model, prompt: "Hi", stream: true }));
      assert.equal(parts.map((part) => part.response).join(""), "Hello there.");
      assert.equal((await client.generate({ model, prompt: "SELECT", raw: true })).response, "SELECT 1");
    });

    test("texts become vectors, and models are listed", async () => {
      const vectors = await client.embed({ model: `${provider}:embedder`, input: ["a", "b"] });
      assert.equal(vectors.embeddings.length, 2);
      const { models } = await client.list();
      assert.ok(models.some((each) => each.name === model));
      assert.deepEqual((await client.show({ model })).capabilities, ["completion", "tools"]);
    });

    test("errors have words and a status", async () => {
      const busy = await failure(client.chat({ model: `${provider}:busy`, messages }));
      assert.equal(busy.status_code, 429);
      assert.match(busy.message, /try again in 2s/);
      const broken = await client.chat({ model: `${provider}:broken`, messages, stream: true });
      assert.match((await failure(collect(broken))).message, /broke off/);
      assert.match((await failure(client.pull({ model }))).message, /models\.yaml/);
    });

    test("an abort closes the provider's connection", async () => {
      const content = randomUUID();
      const own = new Ollama({ host, headers: { Authorization: `Bearer ${token}` } });
      const parts = await own.chat({
        model: `${provider}:slow`,
        messages: [{ role: "user", content }],
        stream: true,
      });
      const reading = failure(collect(parts));
      await untilAsked(content);
      own.abort();
      assert.equal((await reading).name, "AbortError");
      await untilClosed(content);
    });
  });
}
