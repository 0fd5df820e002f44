// Builds the executables: `bun run build` for this platform as dist/opencode, `--all` for every
// platform as dist/opencode-<target>, `--target NAME` for one (repeatable), `--outdir DIR`.
//
// Each is one file that needs nothing beside it: code as bytecode, ripgrep, grammars and native
// libraries are inside. Nothing else is written to dist. Never run `strip` on the output: it
// removes the embedded program, and what is left behaves as plain bun.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { BunPlugin } from "bun";
import manifest from "#package.json" with { type: "json" };

const ROOT = import.meta.dir;
const ENTRY = join(ROOT, "src/main.ts");

interface Target {
  /** Bun's name of the runtime. */
  runtime: Bun.Build.CompileTarget;
  /** The package that holds rg; its Linux binaries are static, so musl shares them. */
  ripgrep: string;
  /** What @opentui/core is told of the C library, which the target's name alone does not prune. */
  libc: "glibc" | "musl" | "";
  suffix: "" | ".exe";
}

const TARGETS: Readonly<Record<string, Target>> = {
  "linux-x64": target("bun-linux-x64", "linux-x64", "glibc"),
  "linux-arm64": target("bun-linux-arm64", "linux-arm64", "glibc"),
  "linux-x64-musl": target("bun-linux-x64-musl", "linux-x64", "musl"),
  "darwin-arm64": target("bun-darwin-arm64", "darwin-arm64", ""),
  "darwin-x64": target("bun-darwin-x64", "darwin-x64", ""),
  "windows-x64": target("bun-windows-x64", "win32-x64", ""),
};

function target(runtime: Target["runtime"], ripgrep: string, libc: Target["libc"]): Target {
  return { runtime, ripgrep, libc, suffix: runtime.includes("windows") ? ".exe" : "" };
}

async function main(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      all: { type: "boolean", default: false },
      target: { type: "string", multiple: true, default: [] },
      outdir: { type: "string", default: "dist" },
    },
  });
  const outdir = resolve(ROOT, values.outdir);
  await mkdir(outdir, { recursive: true });
  const here = hostName();
  const names = values.all ? Object.keys(TARGETS) : values.target;
  if (names.length === 0) {
    await build(here, join(outdir, `opencode${findTarget(here).suffix}`));
    return;
  }
  const foreign = names.filter((name) => findTarget(name) !== TARGETS[here]);
  if (foreign.length > 0) await installForeignPackages();
  for (const name of names) {
    await build(name, join(outdir, `opencode-${name}${findTarget(name).suffix}`));
  }
}

function findTarget(name: string): Target {
  const found = TARGETS[name];
  if (found) return found;
  throw new Error(`no target "${name}"; there are ${Object.keys(TARGETS).join(", ")}`);
}

/** This machine in the words of the table. */
function hostName(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const musl = process.platform === "linux" && existsSync("/etc/alpine-release") ? "-musl" : "";
  return `${platform}-${process.arch}${musl}`;
}

/** The locked native packages of every platform, where a plain install brings only this one's. */
async function installForeignPackages(): Promise<void> {
  const argv = ["install", "--frozen-lockfile", "--silent", "--os=*", "--cpu=*", "--libc=*"];
  const child = Bun.spawn([process.execPath, ...argv], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error("packages of other platforms did not install");
}

/** Builds in a directory of its own and renames: nothing unfinished ever bears the name. */
async function build(name: string, outfile: string): Promise<void> {
  const startedAt = performance.now();
  const scratch = await mkdtemp(join(dirname(outfile), ".building-"));
  try {
    const executable = await compile(findTarget(name), scratch);
    await rm(outfile, { force: true });
    await rename(executable, outfile);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const megabytes = ((await stat(outfile)).size / 1e6).toFixed(1);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${relative(process.cwd(), outfile)}  ${megabytes} MB  ${seconds} s`);
}

async function compile(to: Target, directory: string): Promise<string> {
  const outfile = join(directory, `opencode${to.suffix}`);
  await Bun.build({
    entrypoints: [ENTRY],
    minify: true,
    bytecode: true,
    format: "esm",
    splitting: true,
    sourcemap: "none",
    define: {
      "process.env.OPENTUI_LIBC": JSON.stringify(to.libc),
      OPENCODE_VERSION: JSON.stringify(manifest.version),
    },
    plugins: [embedRipgrep(to)],
    // A project's .env and bunfig.toml are not ours: the executable must not read them.
    compile: {
      target: to.runtime,
      outfile,
      autoloadDotenv: false,
      autoloadBunfig: false,
      // Plugins that are packages are resolved by theirs. A project's own is read by it as well, as
      // JSON alone, and nothing of ours is resolved while the program runs.
      autoloadPackageJson: true,
      // Compiling less eagerly spends less on the first steps of a run, which are most runs' all:
      // measured as 13 against 10 ms of CPU a step over 50 steps; higher values slow streaming.
      jitPolicy: 4,
    },
  });
  return outfile;
}

/** Puts the target's rg in place of src/host/ripgrep-source.ts, as an embedded file. */
function embedRipgrep(to: Target): BunPlugin {
  const binary = `@vscode/ripgrep-${to.ripgrep}/bin/rg${to.suffix}`;
  const path = join(ROOT, "node_modules", binary);
  return {
    name: "embed-ripgrep",
    setup(builder) {
      // Not the binary's own path: two modules of one path, whatever their namespaces, become one
      // in bun 1.4.5, and its default export undefined.
      builder.onResolve({ filter: /^#ripgrep$/ }, () => ({ path: "source", namespace: "ripgrep" }));
      builder.onLoad({ filter: /.*/, namespace: "ripgrep" }, () => {
        if (!existsSync(path)) throw new Error(`${binary} is not installed: run bun install`);
        const from = JSON.stringify(path);
        return {
          contents: `import path from ${from} with { type: "file" };\nexport default path;`,
          loader: "js",
        };
      });
    },
  };
}

await main(process.argv.slice(2));
