// What the row of each tool says. A tool with a panel is in tool-panels.ts, others are shown with
// their arguments.
import { formatBytes, plural } from "@/base/text";
import type { ToolPart } from "@/schema/part";
import { fileLines, matchLines } from "./tool-output";
import type { ToolRow } from "./tool-row";

const WEBFETCH_LINES = 20;

type Input = Readonly<Record<string, unknown>>;

const ROWS: Readonly<Record<string, (part: ToolPart) => ToolRow>> = {
  read(part) {
    const { input } = part.state;
    const first = numberOf(input, "offset") ?? 1;
    const limit = numberOf(input, "limit");
    const lines = limit === undefined ? "" : ` [lines ${first}-${first + limit - 1}]`;
    const from = limit === undefined && first > 1 ? ` [from line ${first}]` : "";
    const brief = `Read ${titleOf(part, "filePath")}`;
    return {
      icon: "→",
      title: `${brief}${lines}${from}`,
      brief,
      output: contentOf(outputOf(part)),
      body: (ui, output) => fileLines(ui, stringOf(input, "filePath"), output),
    };
  },
  glob(part) {
    const { input } = part.state;
    const count = metadataNumber(part, "count");
    const result = count === undefined ? "" : `(${plural(count, "file")})`;
    return {
      icon: "✱",
      title: `Glob ${quoted(input)}${inPath(input)}`,
      result,
      brief: `Glob ${quoted(input)}${count === undefined ? "" : ` (${count})`}`,
      output: outputOf(part),
    };
  },
  list(part) {
    return { icon: "✱", title: `List ${titleOf(part, "path")}`, output: outputOf(part) };
  },
  grep(part) {
    const { input } = part.state;
    const output = outputOf(part);
    const matches = metadataNumber(part, "matches");
    const files = output.split("\n").filter((line) => /^\S.*:$/.test(line)).length;
    const where = files === 0 ? "" : ` in ${plural(files, "file")}`;
    const result = matches === undefined ? "" : `(${plural(matches, "match", "matches")}${where})`;
    const brief = `Grep ${quoted(input)}${matches === undefined ? "" : ` (${matches})`}`;
    const title = `Grep ${quoted(input)}${inPath(input)}`;
    const pattern = stringOf(input, "pattern");
    const body: ToolRow["body"] = (ui, found) => matchLines(ui, pattern, found);
    return { icon: "✱", title, result, brief, output, body };
  },
  webfetch(part) {
    const output = outputOf(part);
    const size = formatBytes(new Blob([output]).size);
    const status = metadataNumber(part, "status");
    const facts = [size, ...(status === undefined ? [] : [status])].join(", ");
    const result = part.state.status === "completed" ? `(${facts})` : "";
    const shown = output.split("\n").slice(0, WEBFETCH_LINES).join("\n");
    return {
      icon: "%",
      title: `WebFetch ${stringOf(part.state.input, "url")}`,
      result,
      output: shown,
    };
  },
  websearch(part) {
    const title = `WebSearch "${stringOf(part.state.input, "query")}"`;
    return { icon: "%", title, output: outputOf(part) };
  },
  skill(part) {
    const title = `Skill ${stringOf(part.state.input, "name")}`;
    return { icon: "✦", title, output: outputOf(part) };
  },
  lsp(part) {
    const { input } = part.state;
    const place = [stringOf(input, "filePath"), numberOf(input, "line")].filter(
      (one) => one !== "",
    );
    const title = `LSP ${stringOf(input, "operation")} ${place.join(":")}`;
    return { icon: "→", title, output: outputOf(part) };
  },
  invalid(part) {
    const { input } = part.state;
    const title = `The model called ${stringOf(input, "tool") || "a tool"} in a wrong way`;
    return { icon: "✗", title, output: stringOf(input, "error") || outputOf(part) };
  },
};

export function describeTool(part: ToolPart): ToolRow {
  return ROWS[part.tool]?.(part) ?? describeAny(part);
}

/** `server_tool {key: value, …}`: tools of MCP servers, and all that have no row of their own. */
function describeAny(part: ToolPart): ToolRow {
  const { input } = part.state;
  const given = Object.entries(input).map(([key, value]) => `${key}: ${valueText(value)}`);
  const short = given.length === 0 ? "" : ` {${given.join(", ")}}`;
  const output = [...given, "", outputOf(part)].join("\n").trim();
  return { icon: "⚙", title: `${part.tool}${short}`, output };
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function stringOf(input: Input, key: string): string {
  const value = input[key];
  return typeof value === "string" ? value : "";
}

function numberOf(input: Input, key: string): number | undefined {
  const value = input[key];
  return typeof value === "number" ? value : undefined;
}

function metadataNumber({ state }: ToolPart, key: string): number | undefined {
  return state.status === "completed" ? numberOf(state.metadata, key) : undefined;
}

function outputOf({ state }: ToolPart): string {
  return state.status === "completed" ? state.output : "";
}

/** The server's title is relative to the project; until it is there, what the model said. */
function titleOf({ state }: ToolPart, key: string): string {
  return (state.status === "completed" && state.title) || stringOf(state.input, key);
}

function quoted(input: Input): string {
  return `"${stringOf(input, "pattern")}"`;
}

function inPath(input: Input): string {
  const path = stringOf(input, "path");
  return path === "" || path === "." ? "" : ` in ${path}`;
}

/** What stands between the tags that are for the model. */
function contentOf(output: string): string {
  return /<(?:content|entries)>\n?([\s\S]*?)\n?<\/(?:content|entries)>/.exec(output)?.[1] ?? output;
}
