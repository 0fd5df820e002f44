import { expect, test } from "bun:test";
import { join } from "node:path";

const GUARD = join(import.meta.dir, "..", "..", "src", "base", "orphan-guard.ts");
/** Holds our stderr: whoever reads it sees the end of all. */
const PROGRAM = ["sh", "-c", "trap '' TERM HUP INT; while :; do sleep 60; done"];

/** Starts a program of its own group, guards it, says so, and stays. */
const OWNER = `
  const { guardGroup } = await import(${JSON.stringify(GUARD)});
  const child = Bun.spawn(${JSON.stringify(PROGRAM)}, {
    stdin: "ignore", stdout: "ignore", stderr: "inherit", detached: true,
  });
  guardGroup(child.pid);
  console.error("guarded");
  for await (const line of console) void line;
`;

/** Has left the group, and knows the mark of it still. */
const MARK = `OPENCODE_TEST_MARK=${crypto.randomUUID()}`;
const LEAVER = [...["setsid", "sh", "-c"], "echo started; while :; do sleep 60; done"];
const OWNER_OF_LEAVER = `
  const { guardGroup } = await import(${JSON.stringify(GUARD)});
  const [name, value] = ${JSON.stringify(MARK)}.split("=");
  const child = Bun.spawn(["sh", "-c", '"$@" & sleep 60', "sh", ...${JSON.stringify(LEAVER)}], {
    env: { ...process.env, [name]: value },
    stdin: "ignore", stdout: "pipe", stderr: "inherit", detached: true,
  });
  guardGroup(child.pid, ${JSON.stringify(MARK)});
  await child.stdout.getReader().read();
  console.error("guarded");
  for await (const line of console) void line;
`;

test.skipIf(process.platform !== "linux")("so is what has left it, by its mark", async () => {
  const owner = Bun.spawn([process.execPath, "-e", OWNER_OF_LEAVER], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe",
  });
  const reader = owner.stderr.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("guarded\n");
  owner.kill("SIGKILL");
  await owner.exited;
  expect((await reader.read()).done).toBe(true);
});

test("a group is ended after the process that started it was killed", async () => {
  const owner = Bun.spawn([process.execPath, "-e", OWNER], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe",
  });
  const reader = owner.stderr.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("guarded\n");
  owner.kill("SIGKILL");
  await owner.exited;
  // The pipe ends when nobody of the group holds it any more.
  expect((await reader.read()).done).toBe(true);
});
