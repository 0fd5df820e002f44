// The clipboard: the machine's own by the programs that it has for it, and the terminal's by an
// escape sequence, which also reaches through SSH and tmux, but does not say what became of it.
import type { CliRenderer } from "@opentui/core";
import { runProcess } from "@/base/process";
import type { Clipboard } from "./ui";

type Env = Readonly<Record<string, string | undefined>>;
type Argv = readonly [string, ...string[]];

const TIMEOUT_MS = 2_000;
/** Terminals drop longer sequences, some of them silently. */
const SEQUENCE_MAX_BYTES = 74_000;
const IMAGE_MAX_BYTES = 20 * 1024 * 1024;

interface Programs {
  write: readonly Argv[];
  readText: readonly Argv[];
  readImage: readonly Argv[];
}

export class MachineClipboard implements Clipboard {
  readonly #renderer: CliRenderer;
  readonly #programs: Programs;

  constructor(renderer: CliRenderer, env: Env) {
    this.#renderer = renderer;
    this.#programs = programsOf(env);
  }

  async write(text: string): Promise<boolean> {
    const isShort = Buffer.byteLength(text) <= SEQUENCE_MAX_BYTES;
    if (isShort && !this.#renderer.isDestroyed) this.#renderer.copyToClipboardOSC52(text);
    for (const argv of this.#programs.write) {
      if (await take(argv, text)) return true;
    }
    return false;
  }

  async readText(): Promise<string | undefined> {
    const bytes = await this.#first(this.#programs.readText);
    return bytes && new TextDecoder().decode(bytes);
  }

  async readImage(): Promise<{ mime: string; bytes: Uint8Array } | undefined> {
    const bytes = await this.#first(this.#programs.readImage);
    const isPNG = bytes?.[0] === 0x89 && bytes[1] === 0x50;
    return bytes && isPNG ? { mime: "image/png", bytes } : undefined;
  }

  async #first(programs: readonly Argv[]): Promise<Uint8Array | undefined> {
    for (const argv of programs) {
      const bytes = await give(argv);
      if (bytes && bytes.length > 0) return bytes;
    }
    return undefined;
  }
}

/** Over SSH the clipboard of this machine is nobody's. */
function programsOf(env: Env): Programs {
  const none: Programs = { write: [], readText: [], readImage: [] };
  if (env["SSH_TTY"] || env["SSH_CONNECTION"]) return none;
  if (process.platform === "darwin") {
    return { write: [["pbcopy"]], readText: [["pbpaste"]], readImage: [["pngpaste", "-"]] };
  }
  if (process.platform === "win32") {
    const paste: Argv = ["powershell", "-NoProfile", "-Command", "Get-Clipboard -Raw"];
    return { write: [["clip"]], readText: [paste], readImage: [] };
  }
  const wayland: Programs = {
    write: [["wl-copy"]],
    readText: [["wl-paste", "--no-newline"]],
    readImage: [["wl-paste", "--type", "image/png"]],
  };
  const xclip = ["xclip", "-selection", "clipboard"] as const;
  const x11: Programs = {
    write: [xclip, ["xsel", "--clipboard", "--input"]],
    readText: [
      [...xclip, "-o"],
      ["xsel", "--clipboard", "--output"],
    ],
    readImage: [[...xclip, "-t", "image/png", "-o"]],
  };
  if (env["WAYLAND_DISPLAY"]) return wayland;
  return env["DISPLAY"] ? x11 : none;
}

/**
 * Hands the text to the program. Its output is not read: it goes on in the background to answer
 * whoever pastes, and would hold a pipe open.
 */
async function take(argv: Argv, text: string): Promise<boolean> {
  try {
    const child = Bun.spawn([...argv], {
      stdin: new Blob([text]),
      stdout: "ignore",
      stderr: "ignore",
      timeout: TIMEOUT_MS,
    });
    return (await child.exited) === 0;
  } catch {
    return false; // it is not installed: the next one is tried
  }
}

async function give(argv: Argv): Promise<Uint8Array | undefined> {
  try {
    const result = await runProcess(argv, {
      cwd: "/",
      timeoutMs: TIMEOUT_MS,
      maxBytes: IMAGE_MAX_BYTES,
      encoding: "latin1",
    });
    return result.exitCode === 0 ? Buffer.from(result.stdout, "latin1") : undefined;
  } catch {
    return undefined; // as above
  }
}
