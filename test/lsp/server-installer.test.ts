// Language servers that are fetched: from a registry on loopback, and by a program that stands for
// the one of a language.

import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { lspBench, type LSPBenchOptions, recordOf } from "@test/lsp/fixture";
import { FAKE_PACKAGE, serverRegistry } from "@test/lsp/server-registry";
import { FakeClock } from "@test/support/clock";
import { COMMON, linkPrograms } from "@test/support/programs";
import { tempTree } from "@test/support/temp";

const NEVER = new AbortController().signal;
const FAKE = join(import.meta.dir, "fake-server.ts");

const failure = (work: Promise<unknown>) => work.catch((error: Error) => error.message);

test("a server that may be fetched is, once, and stays on this machine", async () => {
  await using source = await serverRegistry();
  const files = { "a.sh": "ERR\n", "b.sh": "" };
  await using bench = await lspBench(files, { lsp: true, env: source.env });
  bench.servers.touch(bench.path("b.sh"));
  expect((await recordOf(bench, "a.sh")).pid).toBeNumber();
  expect(bench.servers.status()).toMatchObject([{ id: "bash", status: "connected" }]);
  const { length } = source.asked;
  expect(length).toBeGreaterThan(0);
  // Later it is as any other that is there: nobody need allow it.
  const env = { ...source.env, OPENCODE_DISABLE_LSP_DOWNLOAD: "1" };
  const { installed } = bench;
  await using later = await lspBench(files, { env, installed });
  expect((await recordOf(later, "a.sh")).pid).toBeNumber();
  expect(source.asked).toHaveLength(length);
});

test("nothing is fetched unless a person says so", async () => {
  await using source = await serverRegistry();
  const { env } = source;
  const without: LSPBenchOptions[] = [
    { env },
    { env, lsp: {} },
    { env, lsp: false },
    { env: { ...env, OPENCODE_DISABLE_LSP_DOWNLOAD: "true" }, lsp: true },
    // The server that a person has named is not that of the table.
    { env, lsp: { bash: { command: ["bash-language-server", "start"] } } },
  ];
  for (const options of without) {
    await using bench = await lspBench({ "a.sh": "" }, options);
    await bench.servers.checkFile(bench.path("a.sh"), "a.sh", NEVER);
    expect(bench.servers.status()).toEqual([]);
    await failure(recordOf(bench, "a.sh"));
  }
  expect(source.asked).toEqual([]);
});

test("an edit does not wait for what is being fetched", async () => {
  const gate = Promise.withResolvers<void>();
  await using source = await serverRegistry([FAKE_PACKAGE], gate.promise);
  // Its time stands still: nothing comes to a limit.
  const options = { lsp: true, env: source.env, clock: new FakeClock() };
  await using bench = await lspBench({ "a.sh": "" }, options);
  const checked = await bench.servers.checkFile(bench.path("a.sh"), "a.sh", NEVER);
  expect(checked).toEqual({ text: "", diagnostics: [] });
  gate.resolve();
  await bench.until(() => bench.servers.status().length > 0);
  // It is told of what was edited meanwhile.
  const { heard } = await recordOf(bench, "a.sh");
  expect(heard.map(({ method }) => method)).toContain("textDocument/didOpen");
});

test("one that cannot be fetched is given up, with the reason why", async () => {
  await using source = await serverRegistry([]);
  await using bench = await lspBench({ "a.sh": "" }, { lsp: true, env: source.env });
  const reason = await failure(recordOf(bench, "a.sh"));
  expect(reason).toContain("Language server bash was given up: it could not be installed");
  expect(bench.servers.status()).toMatchObject([{ id: "bash", status: "error" }]);
  const { length } = source.asked;
  expect(await failure(recordOf(bench, "a.sh"))).toBe(String(reason));
  expect(source.asked).toHaveLength(length);
  expect(await readdir(bench.installed)).toEqual([]);
});

test("what comes by a program of the language goes into a place of its own", async () => {
  const script = [
    "#!/bin/sh",
    'echo "$@" > "$GOBIN/../asked"',
    `printf '#!/bin/sh\\nexec "%s" "%s"\\n' "${process.execPath}" "${FAKE}" > "$GOBIN/gopls"`,
    'chmod 755 "$GOBIN/gopls"',
  ];
  await using bin = await tempTree({ go: `${script.join("\n")}\n` });
  await chmod(join(bin.path, "go"), 0o755);
  await linkPrograms(bin.path, COMMON);
  const PATH = bin.path;
  await using bench = await lspBench({ "go.mod": "", "a.go": "" }, { lsp: true, env: { PATH } });
  expect((await recordOf(bench, "a.go")).pid).toBeNumber();
  const asked = await Bun.file(join(bench.installed, "gopls/asked")).text();
  expect(asked).toBe("install golang.org/x/tools/gopls@latest\n");
});

test("without that program there is nothing to fetch it with", async () => {
  await using bench = await lspBench(
    { "go.mod": "", "a.go": "" },
    { lsp: true, env: { PATH: "" } },
  );
  expect(await failure(recordOf(bench, "a.go"))).toBe(
    "No language server for .go files is ready. " +
      "There could be: gopls (go install golang.org/x/tools/gopls@latest)",
  );
  expect(bench.servers.status()).toEqual([]);
});
