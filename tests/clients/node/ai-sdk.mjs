// The providers of the Vercel AI SDK that reach a portal.
import { describe } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { defaultSettingsMiddleware, wrapLanguageModel } from "ai";
import { providers, token, url } from "./support.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;

const options = { name: "portal", baseURL: url, apiKey: token };
const openai = createOpenAI(options);
const anthropic = createAnthropic(options);
const compatible = createOpenAICompatible(options);
const withSchemas = createOpenAICompatible({ ...options, supportsStructuredOutputs: true });
const settings = { providerOptions: { openai: { store: false } } };
/** Without this, items of earlier answers are sent as references, to a server that keeps them. */
const stateless = (model) => wrapLanguageModel({ model, middleware: defaultSettingsMiddleware({ settings }) });
const clients = {
  "openai-compatible": { chat: (id) => compatible(id), embedder: (id) => compatible.embeddingModel(id) },
  "openai-compatible with schemas": { chat: (id) => withSchemas(id), embedder: (id) => withSchemas.embeddingModel(id) },
  openai: { chat: (id) => stateless(openai(id)), embedder: (id) => openai.embedding(id) }, // /v1/responses
  anthropic: { chat: (id) => anthropic(id), embedder: (id) => compatible.embeddingModel(id) }, // /v1/messages
  "openai with chat": { chat: (id) => openai.chat(id), embedder: (id) => openai.embedding(id) },
};

/** Run `tests` for each client and provider, with functions from a model's name to the client's model. */
export function forEachClient(tests) {
  const cases = Object.entries(clients).flatMap(([client, kinds]) => providers.map((name) => [client, name, kinds]));
  describe("AI SDK", { concurrency: cases.length }, () => {
    for (const [client, provider, { chat, embedder }] of cases) {
      describe(`${client}, ${provider}`, () => {
        tests({ chat: (name) => chat(`${provider}:${name}`), embedder: (name) => embedder(`${provider}:${name}`) });
      });
    }
  });
}
