import { expect, test } from "bun:test";
import { ripgrepBinary } from "@/host/ripgrep-binary";

test("the binary of this platform is found and runs", async () => {
  const path = await ripgrepBinary();
  if (path === undefined) throw new Error("no ripgrep package for this platform");
  const child = Bun.spawn([path, "--version"], { stdin: "ignore", stdout: "pipe" });
  expect(await child.stdout.text()).toStartWith("ripgrep ");
  expect(await child.exited).toBe(0);
});
