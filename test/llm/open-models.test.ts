// Models are kept while their provider stays the same, and every package's requests go through the
// exchange they belong to: its limits and its abort hold for them.
import { expect, test } from "bun:test";
import { createServer } from "node:http";
import { systemClock } from "@/base/clock";
import { Logger } from "@/base/log";
import { LLM } from "@/llm/llm";
import { supportedPackages } from "@/llm/packages";
import { collect, errorOf, modelOf, requestTo, textOf } from "@test/llm/scripted-request";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";

const live = new AbortController().signal;

function llm(): LLM {
  return new LLM({ clock: systemClock, log: Logger.silent(), random: () => 0 });
}

test("requests side by side through one model keep their own limits and answers", async () => {
  const never = new Promise<void>(() => {});
  const turns = [{ text: ["first ", never] }, { text: "second" }];
  await using model = scriptedModel({ wire: "openai-compatible", turns });
  const asked = llm();
  const request = requestTo(model);
  const aborting = new AbortController();
  const first = collect(asked.stream(request, aborting.signal));
  await model.waitForRequest(0);
  const second = await collect(asked.stream({ ...request, sessionID: "ses_other" }, live));
  expect(textOf(second)).toBe("second");
  expect(model.requests.map(({ headers }) => headers["x-session-id"])).toEqual([
    "ses_test",
    "ses_other",
  ]);
  aborting.abort();
  expect(errorOf(await first).name).toBe("MessageAbortedError");
});

test("a changed key is used at the next request", async () => {
  await using model = scriptedModel({
    wire: "openai-compatible",
    turns: [{ text: "one" }, { text: "two" }],
  });
  const asked = llm();
  const request = requestTo(model);
  await collect(asked.stream(request, live));
  const options = { ...request.provider.options, headers: { "x-key": "new" } };
  const changed = { ...request, provider: { ...request.provider, options } };
  await collect(asked.stream(changed, live));
  expect(model.requests.map(({ headers }) => headers["x-key"])).toEqual([undefined, "new"]);
});

/** Refuses every request; gives the paths it was asked for. */
async function refusingServer() {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    response.writeHead(401, { "content-type": "application/json" });
    response.end('{"error":{"message":"no such key"}}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    paths,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// Google's own packages ask for a token first, at an address that is not ours to choose.
const reachable = supportedPackages.filter((npm) => !npm.startsWith("@ai-sdk/google-vertex"));

test.each([...reachable])("%s sends its requests through the exchange", async (npm) => {
  await using server = await refusingServer();
  const address = { baseURL: server.url, wire: "openai-compatible" as const };
  const model = modelOf(address, { api: { id: "main", url: server.url, npm } });
  const options = {
    region: "us-east-1",
    accessKeyId: "id",
    secretAccessKey: "secret",
  };
  const events = await collect(llm().stream(requestTo(address, { model }, options), live));
  expect(errorOf(events).name).toBe("ProviderAuthError");
  expect(server.paths).toHaveLength(1);
});
