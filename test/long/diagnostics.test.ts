// What a real language server says of an edit reaches the model, and its symbols the clients.
import { expect, test } from "bun:test";
import { resolve } from "node:path";
import type { MessageWithParts } from "@/schema/message";
import type { Session } from "@/schema/session";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

const LIMIT_MS = 180_000;

test(
  "an edit that breaks a type is told to the model; the project's symbols are found",
  async () => {
    const server = resolve("node_modules/typescript-language-server/lib/cli.mjs");
    await using t = await testApp({
      files: {
        "a.ts": "export const answer: number = 42;\n",
        "package.json": "{}",
        "package-lock.json": "{}",
        "tsconfig.json": '{ "compilerOptions": { "strict": true } }',
      },
      config: { lsp: { typescript: { command: [process.execPath, server, "--stdio"] } } },
      turns: [
        { calls: [{ tool: "read", input: { filePath: "a.ts" } }] },
        { text: "Read." },
        {
          calls: [{ tool: "edit", input: { filePath: "a.ts", oldString: "42", newString: '""' } }],
        },
        { text: "Broken." },
      ],
    });
    const contract = await Contract.of(t);
    const session = (await contract.call("session.create", {})).body as Session;
    const params = { sessionID: session.id };
    const body = { parts: [{ type: "text", text: "go on" }] };
    await contract.call("session.prompt", { params, body });
    // Its answer says that the server has read the project.
    const query = { query: "answer" };
    const symbols = (await contract.call("find.symbols", { query })).body;
    expect(symbols).toMatchObject([{ name: "answer" }]);
    await contract.call("session.prompt", { params, body });
    const history = (await contract.call("session.messages", { params })).body;
    const parts = (history as MessageWithParts[]).flatMap((message) => message.parts);
    const edit = parts.find((part) => part.type === "tool" && part.tool === "edit");
    expect(JSON.stringify(edit)).toContain("is not assignable to type 'number'");
    expect((await contract.call("lsp.status")).body).toMatchObject([{ id: "typescript" }]);
  },
  LIMIT_MS,
);
