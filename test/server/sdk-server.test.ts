// The published client starts the server itself: by the name "opencode" on PATH, with its
// configuration in the environment, and waits for the line that tells the address.

import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import { tempTree } from "@test/support/temp";

const MAIN = resolve(import.meta.dir, "../../src/main.ts");
const PROGRAM = join(import.meta.dir, "sdk-program.ts");

test.skipIf(process.platform === "win32")(
  "a program starts, prompts and stops it",
  async () => {
    await using model = scriptedModel({ models: ["main", "other"], turns: [{ text: "Hi there" }] });
    await using temp = await tempTree({
      "project/opencode.json": JSON.stringify(model.config()),
      "home/": "",
      // Whoever reads the named pipe learns when the last process that holds it has ended.
      "bin/opencode": `#!/bin/sh\nexec 9>"$ALIVE"\nexec '${process.execPath}' '${MAIN}' "$@"\n`,
    });
    const alive = join(temp.path, "alive");
    await Bun.spawn(["chmod", "755", join(temp.path, "bin/opencode")]).exited;
    await Bun.spawn(["mkfifo", alive]).exited;
    const ended = Bun.spawn(["cat", alive]);
    const program = Bun.spawn([process.execPath, PROGRAM, "scripted/other"], {
      cwd: join(temp.path, "project"),
      env: {
        PATH: `${join(temp.path, "bin")}:${process.env["PATH"]}`,
        HOME: join(temp.path, "home"),
        OPENCODE_TRUST: "1",
        TMPDIR: process.env["TMPDIR"],
        OPENCODE_TEST_RUN: process.env["OPENCODE_TEST_RUN"],
        ALIVE: alive,
      },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([program.stdout.text(), program.stderr.text()]);
    expect({ stderr, exitCode: await program.exited }).toEqual({ stderr: "", exitCode: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      // The project's file says main; what the program gives comes later and wins.
      model: { providerID: "scripted", modelID: "other" },
      texts: ["Hi there"],
    });
    expect(await ended.exited).toBe(0);
  },
  180_000,
);
