// A language server that does what its mode says. It is a process of its own, started by tests as
// any other server: `bun fake-server.ts <mode> [argument]`.
//
//   plain        works: a line with ERR is an error, one with WARN a warning; hover answers with a
//                record of what it has been told, as JSON
//   pull         as plain, but tells of problems only when it is asked; with the argument "late"
//                it answers that when a hover is asked for
//   silent       as plain, but never tells of problems
//   late         as plain, but tells of problems only when a hover is asked for
//   gated        as plain, but reads nothing before the file that the argument names is there
//   thinking     as plain, but answers no hover while the file that the argument names is there
//   mute         reads, never answers
//   crash        ends when a document is opened
//   garbage      writes what is no message when a document is opened
//   huge         announces a message of a terabyte when a document is opened
//   odd          answers everything with values of wrong shapes
//   stubborn     ignores shutdown, exit and SIGTERM, and has a child that does so too
//   noisy        writes as many MiB to stderr as the argument says, then works

import { existsSync } from "node:fs";
import { argv, exit, on, pid, stderr, stdout } from "node:process";

const [mode = "plain", argument = "0"] = argv.slice(2);

/** Of all requests and notifications that are understood here. */
interface Params {
  textDocument?: { uri: string; version: number; text?: string };
  contentChanges?: { text: string }[];
  query?: string;
  item?: { name: string; data?: { own?: number } };
}

const heard: { method: string; params: Params }[] = [];
const answers: Record<string, unknown> = {};
const children: number[] = [];
const kept: object[] = [];
let nextID = 1;

if (mode === "gated") while (!existsSync(argument)) await Bun.sleep(10);
if (mode === "stubborn") {
  on("SIGTERM", () => {});
  const child = Bun.spawn(["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]);
  children.push(child.pid);
}
if (mode === "noisy") {
  const line = `${"noise ".repeat(10_000)}\n`;
  for (let left = Number(argument) * 1024 * 1024; left > 0; left -= line.length) {
    await Bun.write(Bun.stderr, line);
  }
}

let buffer = Buffer.alloc(0);
for await (const chunk of Bun.stdin.stream()) {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const end = buffer.indexOf("\r\n\r\n");
    if (end < 0) break;
    const length = Number(/content-length: (\d+)/i.exec(buffer.toString("latin1", 0, end))?.[1]);
    if (buffer.length < end + 4 + length) break;
    const text = buffer.toString("utf8", end + 4, end + 4 + length);
    buffer = buffer.subarray(end + 4 + length);
    if (mode !== "mute") handle(JSON.parse(text));
  }
}

interface Incoming {
  id?: number;
  method?: string;
  params?: Params;
  result?: unknown;
}

function handle({ id, method, params = {}, result }: Incoming): void {
  if (method === undefined) {
    answers[String(id)] = result;
    return;
  }
  heard.push({ method, params });
  if (method === "textDocument/hover") for (const message of kept.splice(0)) send(message);
  if (id !== undefined) {
    if (method === "shutdown" && mode === "stubborn") return;
    if (method === "textDocument/hover" && mode === "thinking" && existsSync(argument)) return;
    if (method === "textDocument/diagnostic" && argument === "late") {
      kept.push({ id, result: answer(method, params) });
      return;
    }
    const isOdd = mode === "odd" && method !== "initialize";
    send({ id, result: isOdd ? oddity() : answer(method, params) });
    return;
  }
  if (method === "exit" && mode !== "stubborn") exit(0);
  if (method === "initialized") askClient();
  if (method === "textDocument/didOpen" || method === "textDocument/didChange") changed(params);
}

function changed({ textDocument, contentChanges }: Params): void {
  if (mode === "crash") {
    stderr.write("it hurts\n");
    exit(3);
  }
  if (mode === "garbage") stdout.write("x".repeat(20_000));
  if (mode === "huge") stdout.write("Content-Length: 999999999999\r\n\r\n{");
  if (mode === "odd") send({ method: "textDocument/publishDiagnostics", params: [null, 7] });
  if (!["plain", "gated", "noisy", "late"].includes(mode)) return;
  const diagnostics = problems(textDocument?.text ?? contentChanges?.[0]?.text ?? "");
  const params = { uri: textDocument?.uri, version: textDocument?.version, diagnostics };
  const message = { method: "textDocument/publishDiagnostics", params };
  if (mode === "late") kept.push(message);
  else send(message);
}

function problems(text: string): unknown[] {
  return text.split("\n").flatMap((line, at) => {
    const severity = line.includes("ERR") ? 1 : line.includes("WARN") ? 2 : 0;
    const start = { line: at, character: line.search(/ERR|WARN/) };
    const end = { line: at, character: line.length };
    return severity > 0 ? [{ range: { start, end }, severity, message: line, code: null }] : [];
  });
}

function answer(method: string, params: Params): unknown {
  const uri = params.textDocument?.uri ?? "";
  const range = { start: { line: 1, character: 2 }, end: { line: 1, character: 5 } };
  switch (method) {
    case "initialize":
      return { capabilities: capabilities() };
    case "textDocument/hover":
      return { contents: { kind: "plaintext", value: record() } };
    case "textDocument/definition":
      return [{ targetUri: uri, targetRange: range, targetSelectionRange: range }];
    case "textDocument/references":
      return [{ uri, range }, { uri, range: { start: {} } }, "nonsense"];
    case "textDocument/documentSymbol":
      return [{ name: "outer", kind: 5, range, selectionRange: range, children: [child(range)] }];
    case "workspace/symbol":
      return [
        { name: `x${params.query}`, kind: 12, location: { uri: lastOpened(), range } },
        { name: params.query, kind: 5, location: { uri: lastOpened(), range } },
        { name: "far", kind: 5, location: { uri: "file:///far/away.fake", range } },
        { name: "text", kind: 15, location: { uri: lastOpened(), range } },
        { name: "no place", kind: 5, location: { uri: lastOpened() } },
      ];
    case "textDocument/prepareCallHierarchy":
      return [{ name: "here", kind: 12, uri, range, selectionRange: range, data: { own: 1 } }];
    case "callHierarchy/incomingCalls":
      // Only the whole item is good enough.
      return params.item?.data?.own === 1
        ? [{ from: { ...params.item, name: "caller" }, fromRanges: [range] }]
        : null;
    case "textDocument/diagnostic":
      return { kind: "full", items: problems(textOf(uri)) };
    default:
      return null;
  }
}

function capabilities(): object {
  return {
    textDocumentSync: { openClose: true, change: 1, save: { includeText: false } },
    hoverProvider: true,
    definitionProvider: {},
    referencesProvider: true,
    documentSymbolProvider: true,
    workspaceSymbolProvider: true,
    callHierarchyProvider: true,
    ...(mode === "pull" ? { diagnosticProvider: { interFileDependencies: true } } : {}),
  };
}

function child(range: object): object {
  return { name: "inner", kind: 6, detail: "()", range, selectionRange: range };
}

function record(): string {
  return JSON.stringify({ pid, children, heard, answers });
}

function textOf(uri: string): string {
  const last = heard
    .map(({ params }) => params)
    .findLast(({ textDocument, contentChanges }) => {
      return textDocument?.uri === uri && (contentChanges ?? textDocument.text) !== undefined;
    });
  return last?.contentChanges?.[0]?.text ?? last?.textDocument?.text ?? "";
}

function lastOpened(): string {
  const last = heard.findLast(({ method }) => method === "textDocument/didOpen");
  return last?.params.textDocument?.uri ?? "";
}

function askClient(): void {
  const registrations = [{ id: "1", method: "textDocument/implementation" }];
  request("client/registerCapability", { registrations });
  const items = [{ section: "fake.depth" }, { section: "none" }, {}];
  request("workspace/configuration", { items });
  request("window/workDoneProgress/create", { token: 1 });
  request("workspace/workspaceFolders", undefined);
  request("workspace/applyEdit", { edit: {} });
  request("custom/unknown", {});
  // As Vue's server does.
  send({ method: "tsserver/request", params: [[7, "_vue:projectInfo", { file: "a" }]] });
  send({ method: "tsserver/request", params: { odd: true } });
}

function oddity(): unknown {
  return [7, null, { uri: 3, range: "x" }, { contents: 4 }, { items: "all" }];
}

function request(method: string, params: unknown): void {
  send({ id: `${nextID++} ${method}`, method, params });
}

function send(message: object): void {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
