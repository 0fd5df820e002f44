import { expect, test } from "bun:test";
import { join } from "node:path";
import { lowerShapes } from "@/config/lower-shapes";
import type { JSONRecord } from "@/config/json";
import { configHome } from "./support";

function lower(value: JSONRecord) {
  const warnings: string[] = [];
  return { value: lowerShapes(value, (message) => void warnings.push(message)), warnings };
}

test("agents and commands come under what stands under the known names", () => {
  const { value } = lower({
    agents: { a: { system: "Be a" }, b: { disabled: true } },
    agent: { a: { prompt: "Mine" } },
    commands: { c: { template: "Do", model: "p/m#high" } },
  });
  expect(value).toEqual({
    agent: { a: { prompt: "Mine" }, b: { disable: true } },
    command: { c: { template: "Do", model: "p/m", variant: "high" } },
  });
});

test("models are objects or have their variant behind them", () => {
  const { value, warnings } = lower({
    model: { providerID: "p", modelID: "m/x" },
    small_model: "p/small#low",
    agent: {
      a: { model: { provider: "p", id: "m", variant: "max" } },
      b: { model: "p/m#low", variant: "high" },
      c: { model: "p/m" },
      d: { model: { odd: true } },
    },
  });
  expect(value).toEqual({
    model: "p/m/x",
    small_model: "p/small",
    agent: {
      a: { model: "p/m", variant: "max" },
      b: { model: "p/m", variant: "high" },
      c: { model: "p/m" },
      d: { model: { odd: true } },
    },
  });
  expect(warnings).toEqual([
    'small_model: the variant "low" is ignored here; set it as agent.<name>.variant',
  ]);
});

test("what an agent's requests carry becomes options, the rest is told", () => {
  const agent = {
    a: { request: { body: { effort: "high" }, headers: { x: "y" } }, options: { effort: "low" } },
  };
  const { value, warnings } = lower({ agent });
  expect(value).toEqual({ agent: { a: { options: { effort: "low" } } } });
  expect(warnings).toEqual(["agent.a: request.headers cannot be said here and is ignored"]);
});

test("servers and their time limits, unless they are servers of these names", () => {
  const files = { type: "local", command: ["x"] };
  const one = lower({ mcp: { servers: { files }, timeout: { startup: 5, execution: 9 } } });
  expect(one.value).toEqual({ mcp: { files }, experimental: { mcp_timeout: 9 } });
  expect(one.warnings).toEqual([
    "mcp.timeout: servers have one time limit here; the longest counts, 9 ms",
  ]);
  const named = { mcp: { servers: files, timeout: { enabled: false } } };
  expect(lower(named)).toEqual({ value: named, warnings: [] });
});

test("what is not known stays, and odd values are left to the check", () => {
  for (const value of [
    { agent: 5, mcp: "x", command: [1] },
    { agents: "x" },
    { bogus: { a: 1 } },
  ]) {
    const { agents: _, ...rest } = value as JSONRecord;
    expect(lower(value).value).toEqual("agents" in value ? { ...rest, agent: "x" } : value);
  }
});

test("a file of these shapes is read, with warnings that name it", async () => {
  await using home = await configHome({
    "project/opencode.json": JSON.stringify({
      agents: { a: { system: "Be a", disabled: false } },
      model: "p/m#high",
    }),
  });
  const { config, warnings } = await home.service().get();
  expect(config).toMatchObject({ model: "p/m", agent: { a: { prompt: "Be a", disable: false } } });
  const path = join(home.root, "project/opencode.json");
  expect(warnings).toEqual([expect.stringContaining(`${path}: model: the variant "high"`)]);
});
