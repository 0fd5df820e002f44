// Trace exporter: sends spans, what took how long, to a collector of OpenTelemetry: OTLP over HTTP,
// as JSON. Spans are gathered and sent in batches; a collector that is slow or away costs spans and
// one line in the log, never time or memory.
import type { Clock } from "./clock";
import type { Env } from "./env";
import { errorMessage } from "./error";
import type { Logger } from "./log";
import { version } from "./version";

export interface Span {
  name: string;
  /** Each of any text: those with one trace are shown together, a parent above its spans. */
  trace: string;
  id: string;
  parent?: string;
  startMs: number;
  endMs: number;
  attributes: Readonly<Record<string, string | number>>;
  /** What went wrong; undefined for what went well. */
  error?: string;
}

interface TraceExporterOptions {
  /** Of the collector, without `/v1/traces`. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  clock: Clock;
  log: Logger;
}

const BATCH_MS = 5_000;
/** More are dropped: nobody takes them. */
const WAITING_MAX = 2_048;
const SEND_LIMIT_MS = 5_000;
const CLOSE_LIMIT_MS = 2_000;

/** The exporter that the standard variables describe; undefined where they name no collector. */
export function openTraceExporter(
  env: Env,
  { clock, log }: { clock: Clock; log: Logger },
): TraceExporter | undefined {
  const endpoint = env["OTEL_EXPORTER_OTLP_ENDPOINT"]?.trim();
  if (!endpoint) return undefined;
  const headers = readHeaders(env["OTEL_EXPORTER_OTLP_HEADERS"] ?? "");
  return new TraceExporter({ endpoint, headers, clock, log });
}

export class TraceExporter {
  readonly #options: TraceExporterOptions;
  #waiting: Span[] = [];
  #sending: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;
  #hasFailed = false;

  constructor(options: TraceExporterOptions) {
    this.#options = options;
  }

  /** Never throws. */
  add(span: Span): void {
    if (this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push(span);
    this.#cancel ??= this.#options.clock.timer(BATCH_MS, () => this.#flush(SEND_LIMIT_MS));
  }

  /** Sends what is there, within a moment. */
  async close(): Promise<void> {
    this.#flush(CLOSE_LIMIT_MS);
    await this.#sending;
  }

  #flush(limitMs: number): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const spans = this.#waiting.splice(0);
    if (spans.length === 0) return;
    this.#sending = this.#sending.then(() => this.#send(spans, limitMs));
  }

  async #send(spans: readonly Span[], limitMs: number): Promise<void> {
    const { endpoint, headers, log } = this.#options;
    try {
      const response = await fetch(`${endpoint.replace(/\/+$/, "")}/v1/traces`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(toRequest(spans)),
        signal: AbortSignal.timeout(limitMs),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the collector answered ${response.status}`);
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) log.warn("traces are not sent", { reason: errorMessage(error) });
      this.#hasFailed = true;
    }
  }
}

function toRequest(spans: readonly Span[]) {
  const attributes = { "service.name": "opencode", "service.version": version };
  const scopeSpans = [{ scope: { name: "opencode", version }, spans: spans.map(toWire) }];
  return { resourceSpans: [{ resource: { attributes: toAttributes(attributes) }, scopeSpans }] };
}

function toWire({ name, trace, id, parent, startMs, endMs, attributes, error }: Span) {
  return {
    traceId: hexOf(trace, 32),
    spanId: hexOf(id, 16),
    ...(parent === undefined ? {} : { parentSpanId: hexOf(parent, 16) }),
    name,
    kind: 3, // a client of something
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: toAttributes(attributes),
    status: error === undefined ? { code: 1 } : { code: 2, message: error },
  };
}

function toAttributes(attributes: Span["attributes"]) {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === "string") return { key, value: { stringValue: value } };
    const isWhole = Number.isSafeInteger(value);
    return { key, value: isWhole ? { intValue: String(value) } : { doubleValue: value } };
  });
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms)) * 1_000_000n);
}

/** The same for the same text, whichever process asks. */
function hexOf(text: string, characters: number): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, characters);
}

/** `name=value,name=value`, values as in addresses. */
function readHeaders(text: string): Record<string, string> {
  const pairs = text.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (at < 0 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return [];
    return [[name, decode(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it was meant as it is
  }
}
