// What a permission request is about, in words: one line that names the act, what there is to look
// at, and the patterns that it asks for. Pure. Metadata comes from tools and plugins: nothing in it
// is taken for granted.
import { countChanges } from "@/base/unified-diff";
import type { PermissionRequest } from "@/schema/permission";

export type PermissionBody =
  | { type: "command"; text: string }
  | { type: "diff"; patch: string }
  | { type: "text"; text: string }
  | { type: "none" };

export interface PermissionFacts {
  /** Such as `← Edit src/app.ts`. */
  title: string;
  /** Behind the title, muted: `+2 -1`, or what a command is for. */
  note?: string;
  body: PermissionBody;
  /** What is asked for; empty where the title says it all. */
  patterns: readonly string[];
}

const TEXT_MAX_CHARACTERS = 20_000;

export function permissionFacts(request: PermissionRequest): PermissionFacts {
  const { permission, patterns, metadata } = request;
  const text = (key: string) => textOf(metadata[key]);
  switch (permission) {
    case "bash":
      return bashFacts(request);
    case "edit":
      return editFacts(request);
    case "external_directory":
      return {
        title: `△ Outside the project: ${text("parentDir") || text("filepath")}`,
        body: text("filepath") ? { type: "text", text: text("filepath") } : { type: "none" },
        patterns,
      };
    case "read":
      return plain(`→ Read ${patterns.join(", ")}`);
    case "glob":
      return plain(`✱ Glob "${text("pattern")}"${inPath(text("path"))}`);
    case "grep":
      return plain(`✱ Grep "${text("pattern")}"${inPath(text("path"))}`);
    case "list":
      return plain(`✱ List ${patterns.join(", ")}`);
    case "webfetch":
      return plain(`% WebFetch ${text("url") || patterns.join(", ")}`);
    case "websearch":
      return plain(`% WebSearch ${text("query") || patterns.join(", ")}`);
    case "task":
      return plain(`⇣ ${text("subagent_type") || "Subagent"} — ${text("description")}`);
    case "skill":
      return plain(`✦ Skill ${text("name") || patterns.join(", ")}`);
    case "doom_loop":
      return {
        title: "↻ The same call again and again",
        body: { type: "text", text: "Allow it to go on, or reject it to stop the turn." },
        patterns,
      };
    default:
      return otherFacts(request);
  }
}

function bashFacts({ patterns, always, metadata }: PermissionRequest): PermissionFacts {
  const description = textOf(metadata["description"]);
  const isUnclear = metadata["unparsable"] === true;
  return {
    title: "# Shell command",
    ...(description && { note: `· ${description}` }),
    body: { type: "command", text: textOf(metadata["command"]) || patterns.join("\n") },
    patterns: isUnclear ? ["(what it runs could not be read)"] : always,
  };
}

function editFacts({ patterns, metadata }: PermissionRequest): PermissionFacts {
  const patch = textOf(metadata["diff"], Number.POSITIVE_INFINITY);
  const { additions, deletions } = countChanges(patch);
  return {
    title: `← Edit ${patterns.join(", ") || textOf(metadata["filepath"])}`,
    ...(patch && { note: `+${additions} -${deletions}` }),
    body: patch ? { type: "diff", patch } : { type: "none" },
    patterns: [],
  };
}

/** Tools of MCP servers and plugins: whatever they were called with. */
function otherFacts({ permission, patterns, metadata }: PermissionRequest): PermissionFacts {
  const hasFacts = Object.keys(metadata).length > 0;
  const text = JSON.stringify(metadata, undefined, 2).slice(0, TEXT_MAX_CHARACTERS);
  return {
    title: `⚙ ${permission}`,
    body: hasFacts ? { type: "text", text } : { type: "none" },
    patterns: patterns.filter((pattern) => pattern !== "*"),
  };
}

function plain(title: string): PermissionFacts {
  return { title, body: { type: "none" }, patterns: [] };
}

function inPath(path: string): string {
  return path === "" ? "" : ` in ${path}`;
}

function textOf(value: unknown, max = TEXT_MAX_CHARACTERS): string {
  return typeof value === "string" ? value.slice(0, max) : "";
}
