// The published client of this API against our server: what programs in the field do.
import { expect, test } from "bun:test";
import { createOpencodeClient } from "@opencode-ai/sdk";
import { testApp } from "@test/support/test-app";

function dataOf<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

test("the published client prompts, hears events and answers a permission", async () => {
  const call = { calls: [{ tool: "bash", input: { command: "echo hi", description: "greets" } }] };
  await using t = await testApp({
    turns: [call, { text: "done" }],
    config: { permission: { bash: "ask" } },
  });
  const client = createOpencodeClient({
    baseUrl: t.server.url.href.replace(/\/$/, ""),
    directory: t.directory,
  });
  const session = dataOf(await client.session.create({ body: { title: "from the client" } }));
  const path = { id: session.id };
  const { stream } = await client.event.subscribe();
  const types: string[] = [];
  const answering = (async () => {
    for await (const event of stream) {
      types.push(event.type);
      // The client's own types are older than this event.
      const { type, properties } = event as { type: string; properties: { id?: string } };
      if (type === "permission.asked") {
        const body = { response: "once" as const };
        const permissionID = properties.id ?? "";
        await client.postSessionIdPermissionsPermissionId({
          path: { ...path, permissionID },
          body,
        });
      }
      if (type === "session.idle") return;
    }
  })();
  const parts = [{ type: "text" as const, text: "hi" }];
  const answer = dataOf(await client.session.prompt({ path, body: { parts } }));
  await answering;
  expect(answer.info.role).toBe("assistant");
  expect(answer.parts).toContainEqual(expect.objectContaining({ type: "text", text: "done" }));
  expect(types[0]).toBe("server.connected");
  expect(types).toContain("permission.replied");
  const messages = dataOf(await client.session.messages({ path }));
  expect(messages.map(({ info }) => info.role)).toEqual(["user", "assistant", "assistant"]);
  const sessions = dataOf(await client.session.list());
  expect(sessions.map(({ id }) => id)).toEqual([session.id]);
  const { error } = await client.session.get({ path: { id: "ses_none" } });
  expect(error).toMatchObject({ name: "NotFoundError" });
});
