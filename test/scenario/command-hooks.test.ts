// Hooks as plain commands: real commands of a shell, told as JSON, that refuse, change and add.
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { HooksConfig } from "@/schema/config";
import { isRunning } from "@/base/process";
import { sessionApp, type SessionAppOptions } from "@test/support/session-app";
import { readTree } from "@test/support/temp";

const READ = { calls: [{ tool: "read", input: { filePath: "a.txt" } }] };

function open(hooks: HooksConfig, options: SessionAppOptions = {}) {
  return sessionApp({
    turns: [READ, { text: "Done" }],
    ...options,
    files: { "a.txt": "one\n", "b.txt": "two\n", ...options.files },
    config: { hooks, ...options.config },
  });
}

function run(command: string, matcher?: string) {
  return [{ ...(matcher === undefined ? {} : { matcher }), hooks: [{ command }] }];
}

/** A script that prints the value as JSON. */
function answer(value: unknown): string {
  return `cat > /dev/null; printf '%s' '${JSON.stringify(value)}'`;
}

test("a command is told of the call by the usual names, and exit code 2 refuses it", async () => {
  const script = 'cat > told.json; echo "not that file" >&2; exit 2\n';
  await using t = await open(
    { PreToolUse: run('sh "$CLAUDE_PROJECT_DIR"/check.sh', "Read|Edit") },
    { files: { "check.sh": script } },
  );
  const session = t.create();
  await t.prompt(session, "Read");
  const [call] = t.calls(session);
  expect(call?.state).toMatchObject({ status: "error", error: "not that file" });
  expect(t.model.requests[1]?.body).toContain("not that file");
  expect(JSON.parse(await readTree(t.directory, "told.json"))).toEqual({
    session_id: session.id,
    cwd: t.directory,
    hook_event_name: "PreToolUse",
    tool: "read",
    tool_name: "Read",
    tool_use_id: call?.callID,
    tool_input: { filePath: "a.txt", file_path: "a.txt" },
  });
});

test("a matcher is a whole name, ours or the usual one, in any case", async () => {
  const refuse = (matcher: string) => run("exit 2", matcher);
  for (const [matcher, isRefused] of [
    ["read", true],
    ["READ|bash", true],
    [".*", true],
    ["rea", false],
    ["bash", false],
    ["(", false],
  ] as const) {
    await using t = await open({ PreToolUse: refuse(matcher) });
    const session = t.create();
    await t.prompt(session, "Read");
    const { status } = t.calls(session)[0]?.state ?? {};
    expect(`${matcher} ${status}`).toBe(`${matcher} ${isRefused ? "error" : "completed"}`);
  }
});

test("JSON on the output changes arguments, denies, or has a person asked", async () => {
  const specific = (fields: object) => ({
    hookSpecificOutput: { hookEventName: "PreToolUse", ...fields },
  });
  const states = [
    specific({ updatedInput: { file_path: "b.txt" } }),
    specific({ permissionDecision: "deny", permissionDecisionReason: "off limits" }),
    { decision: "block", reason: "blocked so" },
    specific({ permissionDecision: "ask", permissionDecisionReason: "better ask" }),
  ].map(async (said) => {
    await using t = await open({ PreToolUse: run(answer(said)) });
    const session = t.create();
    t.instance.bus.subscribe((event) => {
      if (event.type !== "permission.asked") return;
      expect(event.properties).toMatchObject({
        permission: "hook",
        patterns: ["read"],
        metadata: { reason: "better ask" },
      });
      queueMicrotask(() =>
        t.instance.permissions.reply(event.properties.id, "reject", { message: "No" }),
      );
    });
    await t.prompt(session, "Read");
    return t.calls(session)[0]?.state;
  });
  const [changed, denied, blocked, asked] = await Promise.all(states);
  expect(changed).toMatchObject({ status: "completed", input: { filePath: "b.txt" } });
  expect(denied).toMatchObject({ status: "error", error: "off limits" });
  expect(blocked).toMatchObject({ status: "error", error: "blocked so" });
  expect(asked).toMatchObject({ status: "error", error: expect.stringContaining("feedback: No") });
});

test("after a tool, what a command says is added to what the model reads", async () => {
  await using t = await open({
    PostToolUse: [
      { hooks: [{ command: 'grep -q "one" || exit 1; echo "run the linter" >&2; exit 2' }] },
      { hooks: [{ command: answer({ hookSpecificOutput: { additionalContext: "by the way" } }) }] },
    ],
  });
  const session = t.create();
  await t.prompt(session, "Read");
  const state = t.calls(session)[0]?.state;
  const output = state?.status === "completed" ? state.output : "";
  expect(output).toContain("one");
  expect(output).toEndWith("<hook>\nrun the linter\n</hook>\n\n<hook>\nby the way\n</hook>");
});

test("a prompt is refused with nothing stored, or gets what a command says", async () => {
  const script = 'grep -q "secret" && { echo "no secrets" >&2; exit 2; }; echo "It is Monday."\n';
  await using t = await open(
    { UserPromptSubmit: run("sh ./prompt.sh"), SessionStart: run("echo Welcome", "startup") },
    { files: { "prompt.sh": script }, turns: [{ text: "Done" }, { text: "Done" }] },
  );
  const session = t.create();
  const refused = t.prompt(session, "The secret is 7");
  await expect(refused).rejects.toMatchObject({
    kind: "denied",
    message: "A hook refused it: no secrets",
  });
  expect(t.history(session)).toEqual([]);
  await t.prompt(session, "Which day is it?");
  await t.prompt(session, "And now?");
  const said = t
    .history(session)
    .filter(({ info }) => info.role === "user")
    .map(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : "")));
  expect(said).toEqual([
    ["Which day is it?", "It is Monday.", "Welcome"],
    ["And now?", "It is Monday."],
  ]);
});

test("at the end of a turn a command has the model go on, once", async () => {
  const script = `grep -q '"stop_hook_active":true' && exit 0
    echo "The tests are red." >&2; exit 2\n`;
  await using t = await open(
    { Stop: run("sh ./stop.sh") },
    { files: { "stop.sh": script }, turns: [{ text: "Done" }, { text: "Fixed" }] },
  );
  const answer = await t.prompt(t.create(), "Hello");
  expect(answer.parts.find(({ type }) => type === "text")).toMatchObject({ text: "Fixed" });
  expect(t.model.requests).toHaveLength(2);
  expect(t.model.requests[1]?.body).toContain("The tests are red.");
});

test("a command that fails or hangs is reported, decides nothing, and its tree ends", async () => {
  const hang = "sleep 600 & echo $! > pid; wait\n";
  await using t = await open(
    {
      PreToolUse: [
        { hooks: [{ command: "echo broken >&2; exit 1" }] },
        { hooks: [{ command: "sh ./hang.sh", timeout: 3 }] },
        { hooks: [{ command: "printf '{not json'" }] },
      ],
    },
    { files: { "hang.sh": hang } },
  );
  const session = t.create();
  await t.prompt(session, "Read");
  expect(t.calls(session)[0]?.state).toMatchObject({ status: "completed" });
  const toasts = t.told("tui.toast.show").map(({ message }) => message);
  expect(toasts).toEqual([
    expect.stringContaining("exit code 1: broken"),
    expect.stringContaining("did not end within its timeout"),
    expect.stringContaining("begins as JSON and is none"),
  ]);
  const pid = Number(await readTree(t.directory, "pid"));
  expect(await isRunning(pid)).toBe(false);
});

test("an abort ends the command and the turn", async () => {
  await using t = await open(
    { PreToolUse: run("sh ./hang.sh") },
    { files: { "hang.sh": "echo $$ > pid; touch started; sleep 600\n" } },
  );
  const session = t.create();
  const running = t.next("message.part.updated", ({ part }) => {
    return part.type === "tool" && part.state.status === "running";
  });
  const answering = t.prompt(session, "Read");
  await running;
  await t.instance.sessions.abort(session.id);
  await answering;
  expect(t.calls(session)[0]?.state).toMatchObject({ status: "error" });
});

test("the person's hooks and the project's run both, the person's first", async () => {
  const own = { hooks: { PreToolUse: run("echo own >> order") } };
  await using t = await open(
    { PreToolUse: run("echo project >> order") },
    { home: { ".config/opencode/opencode.json": JSON.stringify(own) } },
  );
  await t.prompt(t.create(), "Read");
  expect(await readTree(t.directory, "order")).toBe("own\nproject\n");
  expect(join(t.home, ".config")).toStartWith(t.root);
});
