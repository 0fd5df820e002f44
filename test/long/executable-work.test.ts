// The main job on the executable, in an empty home: a prompt that reads, edits, runs and answers,
// on each of the four wires, over the command line and over HTTP.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { startModel } from "@test/bench/model-process";
import { EventReader, propertiesOf } from "@test/support/event-reader";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { WIRE_NAMES } from "@test/support/scripted-model/scripted-model";
import type { ScriptedTurn } from "@test/support/scripted-model/turn";
import { git, readTree } from "@test/support/temp";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const files = { "src/greet.sh": "echo Hello\n", "notes.txt": "keep me\n" };

/** Reads, edits, runs, answers. */
const turns: ScriptedTurn[] = [
  {
    reasoning: "Look first.",
    text: "I will look.",
    calls: [{ tool: "read", input: { filePath: "src/greet.sh" } }],
  },
  {
    calls: [
      {
        tool: "edit",
        input: { filePath: "src/greet.sh", oldString: "Hello", newString: "Good day" },
      },
    ],
  },
  { calls: [{ tool: "bash", input: { command: "sh src/greet.sh", description: "Greets" } }] },
  { text: "It says Good day now." },
];

async function expectWork(home: ExecutableHome): Promise<void> {
  expect(await readTree(home.project, "src/greet.sh")).toBe("echo Good day\n");
  expect(await readTree(home.project, "notes.txt")).toBe("keep me\n");
  expect(await git(home.project, "status", "--porcelain")).toBe("M src/greet.sh");
  expect(await home.looseEntries()).toEqual([]);
}

describe.each(WIRE_NAMES)("%s", (wire) => {
  test("run reads, edits, runs and answers", async () => {
    await using model = await startModel({ wire, turns });
    await using home = await ExecutableHome.open(executable.path, { config: model.config, files });
    const ended = await home.run(["run", "Make the greeting formal"]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: "I will look.\nIt says Good day now.\n" });
    expect(ended.stderr).toMatch(/^build · scripted\/main\nread .+\nedit .+\nbash .+\n$/);
    await expectWork(home);
    expect(await home.leftRunning()).toEqual([]);
    await model.finish(turns.length);
  });

  test("serve does the same over HTTP, asking before it runs", async () => {
    await using model = await startModel({ wire, turns });
    const config = { ...model.config, permission: { bash: "ask" } };
    await using home = await ExecutableHome.open(executable.path, { config, files });
    const server = await home.serve();
    await using events = await EventReader.open(new URL("/event", server.url));
    const { id } = (await server.request("POST", "/session", {})) as { id: string };
    const parts = [{ type: "text", text: "Make the greeting formal" }];
    const answer = server.request("POST", `/session/${id}/message`, { parts });
    const asked = propertiesOf(await events.untilType("permission.asked"));
    expect(asked).toMatchObject({ permission: "bash", patterns: ["sh src/greet.sh"] });
    const reply = `/session/${id}/permissions/${String(asked["id"])}`;
    expect(await server.request("POST", reply, { response: "once" })).toBe(true);
    expect(await answer).toMatchObject({
      info: { role: "assistant", finish: "stop" },
      parts: expect.arrayContaining([
        expect.objectContaining({ type: "text", text: "It says Good day now." }),
      ]),
    });
    await events.untilType("session.idle");
    expect(events.types).toContain("message.part.delta");
    expect(toolsOf(await server.request("GET", `/session/${id}/message`))).toEqual([
      ["read", "completed"],
      ["edit", "completed"],
      ["bash", "completed"],
    ]);
    await expectWork(home);
    expect(await server.stop()).toBe(143);
    expect(await home.leftRunning()).toEqual([]);
    expect(await home.looseEntries()).toEqual([]);
    await model.finish(turns.length);
  });
});

function toolsOf(messages: unknown): string[][] {
  const list = messages as { parts: { type: string; tool: string; state: { status: string } }[] }[];
  return list
    .flatMap(({ parts }) => parts)
    .filter(({ type }) => type === "tool")
    .map(({ tool, state }) => [tool, state.status]);
}
