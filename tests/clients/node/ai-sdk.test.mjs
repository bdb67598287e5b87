import assert from "node:assert/strict";
import { test } from "node:test";
import {
  embed,
  embedMany,
  generateObject,
  generateText,
  Output,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} from "ai";
import { z } from "zod";
import { forEachClient } from "./ai-sdk.mjs";
import { collect } from "./support.mjs";

const Trip = z.object({ city: z.string(), days: z.number().int() });
const trip = { city: "Bonn", days: 3 };

/** Return a tool, and the cities that it was asked for. */
function weather() {
  const cities = [];
  const execute = ({ city }) => {
    cities.push(city);
    return `sunny in ${city}`;
  };
  const definition = tool({ description: "The weather.", inputSchema: z.object({ city: z.string() }), execute });
  return { cities, tools: { weather: definition } };
}

forEachClient(({ chat, embedder }) => {
  const model = chat("talker");

  test("text is generated", async () => {
    const { text, finishReason, usage } = await generateText({ model, prompt: "Hi" });
    assert.equal(text, "Hello there.");
    assert.equal(finishReason, "stop");
    assert.deepEqual([usage.inputTokens, usage.outputTokens], [7, 5]);
  });

  test("text is streamed", async () => {
    const result = streamText({ model, prompt: "Hi" });
    assert.equal((await collect(result.textStream)).join(""), "Hello there.");
    assert.equal(await result.finishReason, "stop");
  });

  for (const toolChoice of ["auto", "required", { type: "tool", toolName: "weather" }]) {
    test(`a tool is called with the choice ${JSON.stringify(toolChoice)}`, async () => {
      const { tools, cities } = weather();
      const result = await generateText({ model, prompt: "How is the weather?", tools, toolChoice });
      assert.deepEqual(cities, ["Bonn"]);
      assert.equal(result.finishReason, "tool-calls");
    });
  }

  test("no tool is called with the choice none", async () => {
    const { tools } = weather();
    const { text } = await generateText({ model, prompt: "How is the weather?", tools, toolChoice: "none" });
    assert.equal(text, "Hello there.");
  });

  test("a tool's result goes back, and then the whole history", async () => {
    const { tools, cities } = weather();
    const question = { role: "user", content: "How is the weather?" };
    const result = await generateText({ model, messages: [question], tools, stopWhen: stepCountIs(3) });
    assert.deepEqual([cities, result.steps.length, result.text], [["Bonn"], 2, "Hello there."]);
    const messages = [question, ...result.response.messages, { role: "user", content: "And tomorrow?" }];
    assert.equal((await generateText({ model, messages })).text, "Hello there.");
  });

  test("a streamed call's result goes back", async () => {
    const { tools, cities } = weather();
    const result = streamText({ model, prompt: "How is the weather?", tools, stopWhen: stepCountIs(3) });
    assert.equal((await collect(result.textStream)).join(""), "Hello there.");
    assert.deepEqual([cities, (await result.steps).length], [["Bonn"], 2]);
  });

  test("output has the form of a schema", async () => {
    const request = { model, prompt: "JSON, please: a trip to Bonn.", output: Output.object({ schema: Trip }) };
    assert.deepEqual((await generateText(request)).output, trip);
    const stream = streamText(request);
    assert.deepEqual((await collect(stream.partialOutputStream)).at(-1), trip);
  });

  test("an object is generated and streamed", async () => {
    const request = { model, prompt: "A trip to Bonn", schema: Trip };
    assert.deepEqual((await generateObject(request)).object, trip);
    assert.deepEqual((await collect(streamObject(request).partialObjectStream)).at(-1), trip);
  });

  test("texts are embedded", async () => {
    const { embedding } = await embed({ model: embedder("embedder"), value: "a" });
    assert.deepEqual(embedding, [1, 0.5, -0.25]);
    const { embeddings } = await embedMany({ model: embedder("embedder"), values: ["a", "bc"] });
    assert.deepEqual(embeddings, [embedding, [2, 0.5, -0.25]]);
  });
});
