import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { denied } from "@/base/error";
import { bashTool } from "@/tool/bash";
import { FakeClock } from "@test/support/clock";
import { type ToolBench, toolBench } from "@test/support/tool-context";

const asked = (bench: ToolBench) => {
  return bench.asks.map(({ permission, patterns }) => [permission, patterns]);
};

describe("running", () => {
  test("merges stdout and stderr and gives the exit code", async () => {
    await using bench = await toolBench();
    const command = "echo out; echo err >&2; exit 3";
    const result = await bench.run(bashTool, { command, description: "Prints" });
    expect(result.title).toBe(command);
    expect(result.output).toBe("out\nerr\n");
    expect(result.metadata).toEqual({
      output: "out\nerr\n",
      exit: 3,
      truncated: false,
      description: "Prints",
    });
  });

  test("no output is said", async () => {
    await using bench = await toolBench();
    expect((await bench.run(bashTool, { command: "true" })).output).toBe("(no output)");
  });

  test("runs in the session's directory or in workdir", async () => {
    await using bench = await toolBench({ "sub/": "" });
    const output = async (input: object) => {
      return (await bench.run(bashTool, { command: "pwd", ...input })).output.trim();
    };
    expect(await output({})).toBe(bench.directory);
    expect(await output({ workdir: "sub" })).toBe(join(bench.directory, "sub"));
    expect(await bench.failure(bashTool, { command: "pwd", workdir: "nope" })).toContain(
      `does not exist: ${join(bench.directory, "nope")}`,
    );
  });

  test("keeps the end of long output and saves all of it", async () => {
    await using bench = await toolBench();
    const result = await bench.run(bashTool, { command: "seq 1 3000" });
    const saved = String(result.metadata["outputPath"]);
    expect(result.output).toStartWith(
      `...output truncated...\n\nFull output saved to: ${saved}\n\n`,
    );
    expect(saved).toStartWith(join(bench.paths.toolOutput, "tool_"));
    expect(result.output.trimEnd()).toEndWith("2999\n3000");
    expect(result.metadata["truncated"]).toBe(true);
    expect((await readFile(saved, "utf8")).split("\n")).toHaveLength(3_001);
  });

  test("live output reaches the running state", async () => {
    await using bench = await toolBench();
    await bench.run(bashTool, { command: "echo live", description: "d" });
    expect(bench.reports.at(-1)?.metadata).toEqual({ output: "live\n", description: "d" });
  });

  test("a timeout is explained and leaves no exit code", async () => {
    await using bench = await toolBench();
    const clock = new FakeClock();
    const result = await bench.run(
      bashTool,
      { command: "echo a; sleep 60", timeout: 900 },
      {
        host: { ...bench.context.host, clock },
        report: ({ metadata }) => {
          if (String(metadata?.["output"]).includes("a")) void clock.advance(900);
        },
      },
    );
    expect(result.output).toContain("a\n");
    expect(result.output).toMatch(/<shell_metadata>\n.*timeout of 900 ms.*\n<\/shell_metadata>$/s);
    expect(result.metadata["exit"]).toBeNull();
  });

  test("an abort is explained", async () => {
    await using bench = await toolBench();
    const call = bench.run(
      bashTool,
      { command: "echo started; sleep 60" },
      {
        report: ({ metadata }) => {
          if (String(metadata?.["output"]).includes("started")) bench.abort.abort();
        },
      },
    );
    const result = await call;
    expect(result.output).toContain("<shell_metadata>\nThe user aborted the command.");
    expect(result.metadata["exit"]).toBeNull();
  });

  test("what is left running is reported", async () => {
    await using bench = await toolBench({ job: ": > up; read line < hold" });
    const untilUp = "until [ -e up ]; do sleep 0.01; done";
    const command = `mkfifo hold; sh ./job & ${untilUp}; echo $!`;
    const result = await bench.run(bashTool, { command });
    const pid = Number.parseInt(result.output, 10);
    process.kill(pid);
    expect(result.output).toContain(`Still running in the background:\n${pid} sh ./job\n`);
  });

  test("the person may say how long commands take whose limit nobody gives", async () => {
    await using bench = await toolBench();
    const env = {
      ...bench.context.host.env,
      OPENCODE_EXPERIMENTAL_BASH_DEFAULT_TIMEOUT_MS: "700",
    };
    const host = { ...bench.context.host, env };
    const { output } = await bench.run(bashTool, { command: "sleep 60" }, { host });
    expect(output).toContain("timeout of 700 ms");
  });

  test("an empty command and a timeout of zero are refused", async () => {
    await using bench = await toolBench();
    expect(await bench.failure(bashTool, { command: " " })).toContain("empty");
    expect(await bench.failure(bashTool, { command: "ls", timeout: 0 })).toContain("timeout");
  });
});

describe("permission", () => {
  test("one pattern for each simple command, always by prefix, cd left out", async () => {
    await using bench = await toolBench({ "sub/": "" });
    await bench.run(bashTool, { command: "cd sub && echo hi; git status | cat" });
    expect(bench.asks).toMatchObject([
      {
        permission: "bash",
        patterns: ["echo hi", "git status", "cat"],
        always: ["echo *", "git status *", "cat *"],
        metadata: { command: "cd sub && echo hi; git status | cat" },
      },
    ]);
  });

  test("cd alone asks nothing", async () => {
    await using bench = await toolBench({ "sub/": "" });
    await bench.run(bashTool, { command: "cd sub" });
    expect(bench.asks).toEqual([]);
  });

  test("refused runs nothing", async () => {
    await using bench = await toolBench(
      {},
      {
        onAsk: () => {
          throw denied("no");
        },
      },
    );
    expect(await bench.failure(bashTool, { command: "touch made" })).toBe("no");
    expect(existsSync(join(bench.directory, "made"))).toBe(false);
  });

  test("wrapped commands have their own pattern and other names", async () => {
    await using bench = await toolBench();
    await bench.run(bashTool, { command: "env A=1 /bin/echo x" });
    const [ask] = bench.asks;
    const names = [...(ask?.patterns ?? []), ...(ask?.alternatives ?? [])];
    expect(names).toContain("/bin/echo x");
    expect(names).toContain("echo x");
  });

  test("a line that is not understood is asked whole, and never for good", async () => {
    await using bench = await toolBench();
    const command = 'echo "unclosed';
    await bench.run(bashTool, { command });
    expect(bench.asks).toMatchObject([
      { patterns: [command], always: [], mustAsk: true, metadata: { unparsable: true } },
    ]);
  });

  test("directories outside are asked for first, once, links followed", async () => {
    await using bench = await toolBench({ "a.txt": "a\n" });
    await mkdir(join(bench.home, "x"));
    await writeFile(join(bench.home, "x/f"), "");
    const command = `cp a.txt ${bench.home}/x/b; rm ~/x/f; echo hi > ../out; cat a.txt > /dev/null`;
    await bench.run(bashTool, { command });
    expect(asked(bench)[0]).toEqual([
      "external_directory",
      [join(bench.home, "x/*"), join(bench.directory, "..", "*")],
    ]);
    expect(bench.asks.map(({ permission }) => permission)).toEqual(["external_directory", "bash"]);
  });

  test("relative paths are followed through cd", async () => {
    await using bench = await toolBench({ "sub/deep/": "", "a.txt": "a\n" });
    await bench.run(bashTool, { command: "cd sub/deep && cat ../../a.txt" });
    expect(bench.asks.map(({ permission }) => permission)).toEqual(["bash"]);
    await bench.run(bashTool, { command: "(cd sub/deep); ls ../../" });
    expect(bench.asks.map(({ permission }) => permission)).toContain("external_directory");
  });

  test("a workdir outside is asked for", async () => {
    await using bench = await toolBench();
    await bench.run(bashTool, { command: "ls", workdir: bench.home });
    expect(asked(bench)).toEqual([
      ["external_directory", [join(bench.home, "*")]],
      ["bash", ["ls"]],
    ]);
  });

  test("showing a file that may not be read asks for reading it", async () => {
    await using bench = await toolBench(
      { ".env": "KEY=1\n", "a.txt": "a\n" },
      { mayRead: (pattern) => pattern !== ".env" },
    );
    await bench.run(bashTool, { command: "cat a.txt .env" });
    expect(asked(bench)).toEqual([
      ["read", [".env"]],
      ["bash", ["cat a.txt .env"]],
    ]);
  });
});
