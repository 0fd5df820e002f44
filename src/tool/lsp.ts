// lsp: answers of the project's language servers, for the model. Lines and characters count from 1,
// in what it asks and in what it reads; paths are relative to the worktree where they lie in it.
import { invalid } from "@/base/error";
import { stringEnum, t, type Static } from "@/base/schema";
import type { CodeNavigation, PlaceFeature } from "@/lsp/code-navigation";
import { fromFileURI } from "@/lsp/file-uri";
import type { Location } from "@/lsp/protocol";
import type { OutlineSymbol } from "@/lsp/results";
import { symbolKindName } from "@/lsp/symbol-kinds";
import { askExternalDirectory } from "./external-directory";
import { permissionPattern, resolveTarget, type FileTarget } from "./file-target";
import description from "./lsp.txt" with { type: "text" };
import { defineTool, type Tool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({
  operation: stringEnum([
    "goToDefinition",
    "findReferences",
    "hover",
    "documentSymbol",
    "workspaceSymbol",
    "goToImplementation",
    "prepareCallHierarchy",
    "incomingCalls",
    "outgoingCalls",
  ]),
  filePath: t.String(),
  line: t.Optional(t.Integer({ minimum: 1 })),
  character: t.Optional(t.Integer({ minimum: 1 })),
  query: t.Optional(t.String({ description: "A name, for workspaceSymbol" })),
});
type Input = Static<typeof parameters>;
type Operation = Input["operation"];

const PLACES: Readonly<Partial<Record<Operation, PlaceFeature>>> = {
  goToDefinition: "definitionProvider",
  goToImplementation: "implementationProvider",
  findReferences: "referencesProvider",
};

/** The tool over one project's language servers. */
export function lspTool(navigation: CodeNavigation): Tool {
  const run = async (input: Input, context: ToolContext): Promise<ToolResult> => {
    const target = await resolveTarget(input.filePath, context);
    await askExternalDirectory([target], context);
    await context.ask({ permission: "lsp", patterns: ["*"], always: ["*"], metadata: input });
    const result = await answer(navigation, input, target, context);
    const place = input.line === undefined ? "" : `:${input.line}:${input.character ?? 1}`;
    return {
      title: `${input.operation} ${target.title}${place}`,
      output: isEmpty(result) ? nothing(input.operation) : JSON.stringify(result, undefined, 2),
      metadata: { result },
    };
  };
  return defineTool({ id: "lsp", description, parameters, run });
}

async function answer(
  navigation: CodeNavigation,
  input: Input,
  { path }: FileTarget,
  context: ToolContext,
): Promise<unknown> {
  const { operation, query = "" } = input;
  const { signal } = context;
  if (operation === "documentSymbol") {
    return (await navigation.documentSymbols(path, signal)).map(showSymbol);
  }
  if (operation === "workspaceSymbol") {
    const found = await navigation.symbols(query, signal);
    return found.map(({ name, kind, location }) => {
      return { name, kind: symbolKindName(kind), ...showPlace(location, context) };
    });
  }
  const position = positionOf(input);
  const feature = PLACES[operation];
  if (feature) {
    const places = await navigation.places(feature, path, position, signal);
    return places.map((place) => showPlace(place, context));
  }
  if (operation === "hover") return navigation.hover(path, position, signal);
  if (operation === "prepareCallHierarchy") {
    const items = await navigation.callHierarchy(path, position, signal);
    return items.map((item) => showItem(item, context));
  }
  const direction = operation === "incomingCalls" ? "incoming" : "outgoing";
  const calls = await navigation.calls(direction, path, position, signal);
  return calls.map(({ item, ranges }) => {
    const lines = [...new Set(ranges.map(({ start }) => start.line + 1))];
    return { ...showItem(item, context), callsAtLines: lines };
  });
}

function positionOf({ operation, line, character }: Input): { line: number; character: number } {
  if (line === undefined || character === undefined) {
    throw invalid(`${operation} needs line and character: where the symbol stands, both from 1`);
  }
  return { line: line - 1, character: character - 1 };
}

function showPlace({ uri, range }: Location, context: ToolContext) {
  const path = fromFileURI(uri);
  return {
    path: path === undefined ? uri : permissionPattern(path, context),
    line: range.start.line + 1,
    character: range.start.character + 1,
  };
}

type Item = { name: string; kind: number; uri: string; selectionRange: Location["range"] };

function showItem({ name, kind, uri, selectionRange: range }: Item, context: ToolContext) {
  return { name, kind: symbolKindName(kind), ...showPlace({ uri, range }, context) };
}

function showSymbol({ name, kind, range, detail, children }: OutlineSymbol): unknown {
  return {
    name,
    kind: symbolKindName(kind),
    line: range.start.line + 1,
    endLine: range.end.line + 1,
    ...(detail ? { detail } : {}),
    ...(children ? { children: children.map(showSymbol) } : {}),
  };
}

function isEmpty(result: unknown): boolean {
  return result === undefined || (Array.isArray(result) && result.length === 0);
}

function nothing(operation: Operation): string {
  return `No results for ${operation}`;
}
