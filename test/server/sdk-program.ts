// A program as the users of the published client write it: starts a server by the name "opencode",
// prompts it, prints the answer and closes the server. sdk-server.test.ts runs it.

import { createOpencode } from "@opencode-ai/sdk";

const model = process.argv[2] ?? "";

/** The client's own is 5 s, which are not much on a busy machine. */
const timeout = 150_000;
const { client, server } = await createOpencode({ port: 0, timeout, config: { model } });
const { data: session } = await client.session.create({ throwOnError: true, body: {} });
const { data } = await client.session.prompt({
  throwOnError: true,
  path: { id: session.id },
  body: { parts: [{ type: "text", text: "Hello" }] },
});
const texts = data.parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
console.log(JSON.stringify({ url: server.url, model: data.info, texts }));
server.close();
