// webfetch: gets a page by http or https and gives it as markdown, text or as it came. Size, time
// and redirects are bounded; each host a redirect leads to needs its own permission.
import { AppError, errorMessage, invalid, isAbort, unavailable } from "@/base/error";
import { stringEnum, t, type Static } from "@/base/schema";
import { formatBytes } from "@/base/text";
import { version } from "@/base/version";
import { dataURL } from "./file-media";
import { toMarkdown, toText } from "./html-text";
import { limitOutput } from "./limit-output";
import { defineTool, type ToolContext, type ToolResult } from "./tool";
import description from "./webfetch.txt" with { type: "text" };

const TIMEOUT_DEFAULT_S = 30;
const TIMEOUT_MAX_S = 120;
const BODY_MAX_BYTES = 5 * 1024 * 1024;
const REDIRECTS_MAX = 10;

const parameters = t.Object({
  url: t.String(),
  format: t.Optional(stringEnum(["markdown", "text", "html"])),
  timeout: t.Optional(t.Number({ description: "Seconds, default 30, max 120" })),
});
type Input = Static<typeof parameters>;
type Format = "text" | "markdown" | "html";

export const webfetchTool = defineTool({ id: "webfetch", description, parameters, run });

async function run(input: Input, context: ToolContext): Promise<ToolResult> {
  const url = parseURL(input.url);
  const format = input.format ?? "markdown";
  await ask(input.url, format, input.timeout, context);
  const seconds = Math.min(input.timeout ?? TIMEOUT_DEFAULT_S, TIMEOUT_MAX_S);
  if (seconds <= 0) throw invalid(`The timeout must be greater than 0 s, got ${seconds}`);
  const late = new AbortController();
  const cancel = context.host.clock.timer(seconds * 1_000, () => late.abort());
  const signal = AbortSignal.any([context.signal, late.signal]);
  try {
    const response = await fetchFollowing(url, format, input.timeout, signal, context);
    const bytes = await readBody(response);
    const type = (response.headers.get("content-type") ?? "text/plain").trim();
    const shown = await present(input.url, type, bytes, format, context);
    return { ...shown, metadata: { ...shown.metadata, status: response.status } };
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason;
    if (late.signal.aborted) throw unavailable(`${input.url} did not answer in ${seconds} s`);
    if (error instanceof AppError || isAbort(error)) throw error;
    throw unavailable(`Cannot fetch ${input.url}: ${errorMessage(error)}`, {}, error);
  } finally {
    cancel();
  }
}

function parseURL(text: string): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw invalid(`The URL must begin with http:// or https://, got ${JSON.stringify(text)}`);
  }
  return url;
}

async function ask(
  url: string,
  format: Format,
  timeout: number | undefined,
  context: ToolContext,
): Promise<void> {
  const metadata = { url, format, timeout };
  await context.ask({ permission: "webfetch", patterns: [url], always: ["*"], metadata });
}

const ACCEPT: Readonly<Record<Format, string>> = {
  markdown: "text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.1",
  text: "text/plain, text/html;q=0.9, text/markdown;q=0.8, */*;q=0.1",
  html: "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
};

async function fetchFollowing(
  first: URL,
  format: Format,
  timeout: number | undefined,
  signal: AbortSignal,
  context: ToolContext,
): Promise<Response> {
  let url = first;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const response = await fetch(url.href, {
      headers: {
        "user-agent": `Mozilla/5.0 (compatible; opencode/${version})`,
        accept: ACCEPT[format],
        "accept-language": "en-US,en;q=0.9",
      },
      redirect: "manual",
      signal,
    });
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      const next = parseURL(URL.parse(location, url.href)?.href ?? location);
      if (next.origin !== url.origin) await ask(next.href, format, timeout, context);
      url = next;
      continue;
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw unavailable(`Request failed with status code: ${response.status} (${url.href})`);
  }
  throw unavailable(`${first.href} redirects more than ${REDIRECTS_MAX} times`);
}

async function readBody(response: Response): Promise<Buffer> {
  const tooLarge = () => {
    return invalid(`The response is too large: more than ${formatBytes(BODY_MAX_BYTES)}`);
  };
  if (Number(response.headers.get("content-length") ?? 0) > BODY_MAX_BYTES) {
    await response.body?.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by the error cancels the body.
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function present(
  url: string,
  contentType: string,
  bytes: Buffer,
  format: Format,
  context: ToolContext,
): Promise<ToolResult> {
  const title = `${url} (${contentType})`;
  const mime = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  if (/^image\/(png|jpeg|gif|webp)$/.test(mime) || mime === "application/pdf") {
    const output = mime === "application/pdf" ? "PDF fetched" : "Image fetched";
    const attachments = [{ mime, url: dataURL(mime, bytes) }];
    return { title, output: `${output} successfully`, metadata: { truncated: false }, attachments };
  }
  if (bytes.includes(0)) throw invalid(`${url} is not text: its content type is ${contentType}`);
  const text = decode(bytes, contentType);
  const isHTML = mime === "text/html" || mime === "application/xhtml+xml";
  const output = isHTML ? await convert(text, format) : text;
  return limitOutput({ title, output, metadata: {} }, context);
}

function convert(html: string, format: Format): string | Promise<string> {
  if (format === "html") return html;
  return format === "text" ? toText(html) : toMarkdown(html);
}

function decode(bytes: Buffer, contentType: string): string {
  const charset = /charset=["']?([\w.:-]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    // The border where a server's word is tried as the name of an encoding.
    return new TextDecoder(charset as Bun.Encoding).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // A charset that nobody knows: most pages are UTF-8.
  }
}
