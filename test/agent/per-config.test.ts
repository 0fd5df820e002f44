// A value made of the configuration: once for each loading, shared, and not kept when it failed.
import { expect, test } from "bun:test";
import { PerConfig } from "@/agent/per-config";
import type { LoadedConfig } from "@/config/load";
import { NO_PROJECT } from "@/config/project-trust";

function loaded(username: string): LoadedConfig {
  const config = { username };
  const lists = {
    layers: [],
    sources: {},
    secrets: [],
    warnings: [],
    files: [],
    projectFiles: [],
    directories: [],
  };
  return { config, person: config, project: {}, ...lists, trust: NO_PROJECT };
}

test("is made when asked for, shared, and made again for another configuration", async () => {
  let present = loaded("ann");
  const made: string[] = [];
  const value = new PerConfig({ get: async () => present }, async ({ config }) => {
    made.push(config.username ?? "");
    return { name: config.username };
  });
  expect(made).toEqual([]);
  const [first, second] = await Promise.all([value.get(), value.get()]);
  expect(second).toBe(first);
  expect(await value.get()).toBe(first);
  expect(made).toEqual(["ann"]);
  present = loaded("bob");
  expect(await value.get()).toEqual({ name: "bob" });
  expect(made).toEqual(["ann", "bob"]);
});

test("a failure is told to all who wait, and tried again by the next", async () => {
  const present = loaded("ann");
  let tries = 0;
  const value = new PerConfig({ get: async () => present }, async () => {
    tries++;
    if (tries === 1) throw new Error("no");
    return tries;
  });
  const waiting = await Promise.allSettled([value.get(), value.get()]);
  expect(waiting.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await value.get()).toBe(2);
});
