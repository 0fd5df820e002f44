// Releases: the archive that is for this machine, of the newest release on GitHub (checked against
// the digest that the release names) or at an address, unpacked, and its program put where programs
// of servers are.
import { createHash } from "node:crypto";
import { chmod, readdir, symlink } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import type { Env } from "@/base/env";
import { errorMessage, unavailable } from "@/base/error";
import { ensureDirectory, replaceDirectory } from "@/base/file";
import { runProcess } from "@/base/process";
import { isValid, t, type Static } from "@/base/schema";
import { formatBytes } from "@/base/text";
import { version } from "@/base/version";
import { matchWildcard } from "@/base/wildcard";
import type { ServerInstall } from "./language-server";
import { unzip } from "./unzip";

type Release = Extract<ServerInstall, { from: "release" }>;

const Asset = t.Object({
  name: t.String(),
  browser_download_url: t.String(),
  digest: t.Optional(t.Union([t.String(), t.Null()])),
});
type Asset = Static<typeof Asset>;
const Answer = t.Object({ assets: t.Array(Asset) });

/** Where releases are asked for; another address is for mirrors. */
const API = "https://api.github.com";
const API_VARIABLE = "OPENCODE_GITHUB_API_URL";
const LOOK_LIMIT_MS = 30_000;
const DOWNLOAD_LIMIT_MS = 10 * 60_000;
const ARCHIVE_MAX_BYTES = 512 * 1024 * 1024;
const LEVELS_MAX = 3;

/** Whether the release has something for this machine. */
export function isForThisMachine({ assets }: Release): boolean {
  return assetPattern(assets) !== undefined;
}

/**
 * Makes `place` the unpacked release, with its program in `bin`. Throws AppError unavailable that
 * says why it cannot be had, or the signal's reason; `place` is then as it was.
 */
export async function installRelease(
  release: Release,
  place: string,
  { env, signal }: { env: Env; signal: AbortSignal },
): Promise<void> {
  const { assets, repository } = release;
  const pattern = assetPattern(assets) ?? "";
  const asset = repository
    ? await findAsset(repository, pattern, env, signal)
    : { name: basename(new URL(pattern).pathname), browser_download_url: pattern };
  const bytes = await download(asset, signal);
  await replaceDirectory(place, async (directory) => {
    await unpack(asset.name, bytes, directory, release.program, signal);
    await putProgram(directory, release.program);
  });
}

function assetPattern(assets: Release["assets"]): string | undefined {
  return assets[`${process.platform}-${process.arch}`];
}

async function findAsset(
  repository: string,
  pattern: string,
  env: Env,
  signal: AbortSignal,
): Promise<Asset> {
  const url = `${env[API_VARIABLE] || API}/repos/${repository}/releases/latest`;
  const response = await get(url, LOOK_LIMIT_MS, signal);
  const answer: unknown = await response.json().catch(() => undefined); // said below
  if (!isValid(Answer, answer)) throw unavailable(`${url} does not answer with a release`);
  const found = answer.assets.find(({ name }) => matchWildcard(pattern, name));
  if (!found) throw unavailable(`the newest release of ${repository} has no ${pattern}`);
  return found;
}

async function download(asset: Asset, signal: AbortSignal): Promise<Uint8Array> {
  const response = await get(asset.browser_download_url, DOWNLOAD_LIMIT_MS, signal);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > ARCHIVE_MAX_BYTES) {
      throw unavailable(`${asset.name} is larger than ${formatBytes(ARCHIVE_MAX_BYTES)}`);
    }
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (asset.digest && asset.digest !== digest) {
    throw unavailable(`${asset.name} is not what its release says: its digest is another one`);
  }
  return bytes;
}

async function get(url: string, limitMs: number, signal: AbortSignal): Promise<Response> {
  try {
    const response = await fetch(url, {
      headers: { "user-agent": `opencode/${version}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    });
    if (response.ok) return response;
    throw unavailable(`${url} answers ${response.status}`);
  } catch (error) {
    signal.throwIfAborted();
    throw unavailable(`it could not be fetched: ${errorMessage(error)}`, {}, error);
  }
}

async function unpack(
  name: string,
  bytes: Uint8Array,
  directory: string,
  program: string,
  signal: AbortSignal,
): Promise<void> {
  if (name.endsWith(".zip")) return unzip(bytes, directory);
  if (/\.(tar\.gz|tgz)$/.test(name)) {
    await new Bun.Archive(bytes).extract(directory);
    return;
  }
  if (name.endsWith(".tar.xz")) return unpackByTar(bytes, directory, signal);
  // The program as it is.
  await Bun.write(join(directory, "bin", program), bytes);
}

async function unpackByTar(
  bytes: Uint8Array,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const archive = `${directory}.archive`;
  try {
    await Bun.write(archive, bytes);
    const argv = ["tar", "-xJf", archive, "-C", directory];
    const { exitCode, stderr } = await runProcess(argv, { cwd: directory, signal });
    signal.throwIfAborted();
    if (exitCode !== 0) throw unavailable(`it could not be unpacked: ${stderr.trim()}`);
  } finally {
    await Bun.file(archive)
      .delete()
      .catch(() => {}); // it was never written
  }
}

/** A link in `bin` to the program, wherever in the archive it is. */
async function putProgram(directory: string, program: string): Promise<void> {
  const bin = join(directory, "bin");
  const names = await readdir(directory, { recursive: true });
  const found = names
    .filter((name) => basename(name) === program && name.split("/").length <= LEVELS_MAX)
    .sort((a, b) => a.length - b.length)[0];
  if (found === undefined) throw unavailable(`there is no ${program} in the release`);
  const path = join(directory, found);
  await chmod(path, 0o755);
  if (path === join(bin, program)) return;
  await ensureDirectory(bin);
  await symlink(relative(bin, path), join(bin, program));
}
