// Whole turns, over the real formats of four APIs: a prompt goes in, the scripted model answers,
// real tools work on a real directory, and what is stored, told and left on disk is looked at.
import { describe, expect, test } from "bun:test";
import { WIRE_NAMES } from "@test/support/scripted-model/scripted-model";
import { sessionApp, trace } from "@test/support/session-app";
import { readTree } from "@test/support/temp";

const PLAIN = [
  "session.created",
  "message.updated(user)",
  "message.part.updated(text)",
  "session.status(busy)",
  "message.updated(assistant)",
  "message.part.updated(step-start)",
  "message.part.updated(text)",
  "message.part.delta",
  "message.part.updated(text end)",
  "message.part.updated(step-finish)",
  "message.updated(assistant stop completed)",
  "session.status(idle)",
  "session.idle",
];

describe.each(WIRE_NAMES)("over %s", (wire) => {
  test("a plain answer", async () => {
    const usage = { input: 100, cacheRead: 40, output: 20 };
    await using t = await sessionApp({ wire, turns: [{ text: ["Hel", "lo"], usage }] });
    const session = t.create({});
    const answer = await t.prompt(session, "Hi");
    expect(answer.info).toMatchObject({ role: "assistant", finish: "stop", agent: "build" });
    expect(t.history(session)).toMatchObject([
      { info: { role: "user" }, parts: [{ type: "text", text: "Hi" }] },
      {
        info: { role: "assistant", tokens: { input: 100, output: 20, cache: { read: 40 } } },
        parts: [
          { type: "step-start" },
          { type: "text", text: "Hello", time: { end: expect.any(Number) } },
          { type: "step-finish", reason: "stop", cost: (100 + 2 * 20 + 0.1 * 40) / 1e6 },
        ],
      },
    ]);
    expect(t.history(session)[1]).toEqual(answer);
    const titled = (line: string) => line !== "session.updated";
    expect(trace(t.events).filter(titled)).toEqual(PLAIN);
    const sums = t.instance.sessions.get(session.id);
    expect(sums).toMatchObject({ tokens: { input: 100, output: 20 }, cost: 144 / 1e6 });
    expect(t.model.violations).toEqual([]);
  });

  test("reads, edits, runs, searches and answers; calls of one step run side by side", async () => {
    await using t = await sessionApp({
      wire,
      files: { "a.txt": "one\ntwo\n" },
      turns: [
        {
          text: "Looking",
          calls: [
            { tool: "read", input: { filePath: "a.txt" } },
            { tool: "grep", input: { pattern: "two" } },
          ],
        },
        {
          calls: [
            { tool: "edit", input: { filePath: "a.txt", oldString: "two", newString: "three" } },
          ],
        },
        { calls: [{ tool: "bash", input: { command: "cat a.txt", description: "Show" } }] },
        { text: "Done." },
      ],
    });
    const session = t.create();
    const answer = await t.prompt(session, "Change it");
    expect(answer.parts.find((part) => part.type === "text")).toMatchObject({ text: "Done." });
    expect(await readTree(t.directory, "a.txt")).toBe("one\nthree\n");
    expect(
      t
        .calls(session)
        .map(({ tool, state }) => [
          tool,
          state.status,
          state.status === "completed" ? state.output.split("\n").at(0) : undefined,
        ]),
    ).toEqual([
      ["read", "completed", `<path>${t.directory}/a.txt</path>`],
      ["grep", "completed", "Found 1 matches"],
      ["edit", "completed", "Edit applied successfully."],
      ["bash", "completed", "one"],
    ]);
    const [prompt, ...steps] = t.history(session).map(({ info }) => info);
    expect(steps).toHaveLength(4);
    for (const step of steps) expect(step).toMatchObject({ parentID: prompt?.id });
    // Each request begins with the whole of the one before.
    const said = t.model.requests.map(({ request }) => request.messages);
    for (const [index, messages] of said.slice(1).entries()) {
      expect(messages.slice(0, said[index]?.length)).toEqual(said[index] ?? []);
    }
    expect(t.model.requests).toHaveLength(4);
    expect(t.model.violations).toEqual([]);
  });

  test("reasoning is kept apart, and goes back to the model that thought", async () => {
    await using t = await sessionApp({
      wire,
      modelOptions: { reasoning: true },
      turns: [
        { reasoning: ["Hm", "m"], calls: [{ tool: "read", input: { filePath: "a.txt" } }] },
        { text: "Yes" },
      ],
      files: { "a.txt": "x" },
    });
    const session = t.create();
    await t.prompt(session, "Think");
    const [first] = t.history(session).slice(1);
    const thought = first?.parts.find((part) => part.type === "reasoning");
    expect(thought).toMatchObject({ text: "Hmm", time: { end: expect.any(Number) } });
    expect(t.model.violations).toEqual([]);
  });
});
