// The same stream without a program around it: what the provider package alone takes, or a fetch
// that parses each chunk. Prints the CPU milliseconds of each pass, loading not counted.
//
// bun test/bench/bare-stream.ts '{"how":"fetch","times":1,"chunks":5000,"baseURL":"..."}'

import { SCRIPTED_KEY } from "@test/support/scripted-model/scripted-model";
import { MODEL, readLines } from "./model-process";

export interface BareStream {
  how: "provider" | "fetch";
  times: number;
  /** How many are to come; anything else is an error. */
  chunks: number;
  baseURL: string;
}

const PROMPT = "Tell me a long story.";

async function main(order: BareStream): Promise<number[]> {
  const pass = order.how === "provider" ? await providerPass(order) : fetchPass(order);
  const figures: number[] = [];
  for (let time = 0; time < order.times; time++) {
    const before = process.cpuUsage();
    const chunks = await pass();
    const { user, system } = process.cpuUsage(before);
    if (chunks !== order.chunks) throw new Error(`${chunks} chunks came, not ${order.chunks}`);
    figures.push((user + system) / 1_000);
  }
  return figures;
}

async function providerPass(order: BareStream): Promise<() => Promise<number>> {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const model = createOpenAICompatible({
    name: MODEL.providerID,
    baseURL: order.baseURL,
    apiKey: SCRIPTED_KEY,
    includeUsage: true,
  }).chatModel(MODEL.modelID);
  return async () => {
    const { stream } = await model.doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: PROMPT }] }],
      // With a tool, because the scripted model answers a request without any as a title.
      tools: [{ type: "function", name: "read", inputSchema: { type: "object" } }],
    });
    let chunks = 0;
    for await (const part of stream) if (part.type === "text-delta") chunks++;
    return chunks;
  };
}

function fetchPass(order: BareStream): () => Promise<number> {
  const tool = { type: "function", function: { name: "read", parameters: { type: "object" } } };
  const messages = [{ role: "user", content: PROMPT }];
  const request = {
    method: "POST",
    headers: { authorization: `Bearer ${SCRIPTED_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ model: MODEL.modelID, stream: true, messages, tools: [tool] }),
  };
  return async () => {
    const response = await fetch(`${order.baseURL}/chat/completions`, request);
    if (!response.body) throw new Error(`the model answered ${response.status} without a body`);
    let chunks = 0;
    for await (const line of readLines(response.body)) if (isText(line)) chunks++;
    return chunks;
  };
}

function isText(line: string): boolean {
  if (!line.startsWith("data: {")) return false;
  const frame = JSON.parse(line.slice("data: ".length)) as {
    choices: { delta: { content?: string } }[];
  };
  return Boolean(frame.choices[0]?.delta.content);
}

if (import.meta.main) {
  const order = JSON.parse(process.argv[2] ?? "{}") as BareStream;
  process.stdout.write(`${JSON.stringify(await main(order))}\n`);
}
