// `opencode attach <url>`: the terminal UI of a server in another process or on another machine.
import { invalid } from "@/base/error";
import { HTTPTransport } from "@/client/http-transport";
import type { CLIContext } from "./context";
import { EXIT } from "./exit-code";
import { checkOptions } from "./tui";
import { closeFace, type FaceOptions, openFace } from "./tui-face";

export interface AttachOptions extends FaceOptions {
  /** A directory of the server's machine. */
  dir?: string;
  password?: string;
  username?: string;
}

const LEAVE_GRACE_MS = 1_000;

export async function attach(
  context: CLIContext,
  address: string,
  options: AttachOptions,
): Promise<number> {
  const url = parseAddress(address);
  checkOptions(options);
  const { clock, env, interrupts } = context;
  interrupts.graceMs = LEAVE_GRACE_MS;
  const transport = new HTTPTransport({
    url,
    clock,
    password: options.password ?? (env["OPENCODE_SERVER_PASSWORD"] || undefined),
    username: options.username ?? (env["OPENCODE_SERVER_USERNAME"] || undefined),
  });
  const face = await openFace(context, options, {
    transport,
    directory: options.dir,
    isRemote: true,
  });
  face.serves(url, undefined);
  try {
    await face.left;
  } finally {
    await closeFace(context, face, `opencode attach ${url.origin} -s`);
  }
  return interrupts.code ?? EXIT.done;
}

/** `localhost:4096` is as good as `http://localhost:4096`. */
function parseAddress(text: string): URL {
  const isWhole = text.includes("://");
  const url = URL.parse(isWhole ? text : `http://${text}`);
  if (url && !/^https?:$/.test(url.protocol)) {
    throw invalid(`"${text}" is no address of a server: it begins with http:// or https://`);
  }
  if (url && url.username === "" && url.password === "") return url;
  if (url) throw invalid(`${url.origin}: give the password with -p, not in the address`);
  throw invalid(`"${text}" is no address of a server; write http://host:port`);
}
