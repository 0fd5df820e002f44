// What is read of a server's messages: schemas of the shapes, with which everything that arrives is
// checked before it is used, and the facts of a server that decide what it is asked.
import { isValid, t, type Static, type TSchema } from "@/base/schema";
import { type Position, Range } from "@/schema/file";

/** A problem as a server writes it: what is not needed to show it may be anything. */
export const RawDiagnostic = t.Object({
  range: Range,
  message: t.String(),
  severity: t.Optional(t.Unknown()),
  code: t.Optional(t.Unknown()),
  source: t.Optional(t.Unknown()),
});

/** A problem in a file. `severity`: 1 error, 2 warning, 3 information, 4 hint. */
export interface Diagnostic {
  range: Range;
  severity: number;
  message: string;
  code?: string | number;
  source?: string;
}

export const PublishDiagnostics = t.Object({
  uri: t.String(),
  version: t.Optional(t.Union([t.Integer(), t.Null()])),
  diagnostics: t.Array(t.Unknown()),
});

/** The answer to a question for diagnostics; without `items` nothing has changed. */
export const DiagnosticReport = t.Object({ items: t.Optional(t.Array(t.Unknown())) });

export const Location = t.Object({ uri: t.String(), range: Range });
export type Location = Static<typeof Location>;

export const LocationLink = t.Object({
  targetUri: t.String(),
  targetRange: Range,
  targetSelectionRange: Range,
});

const MarkedText = t.Union([t.String(), t.Object({ value: t.String() })]);
export const Hover = t.Object({
  contents: t.Union([MarkedText, t.Array(MarkedText)]),
  range: t.Optional(Range),
});
export type Hover = Static<typeof Hover>;

/** A symbol of the workspace, or of a document in the older form. */
export const SymbolInformation = t.Object({
  name: t.String(),
  kind: t.Integer({ minimum: 0 }),
  containerName: t.Optional(t.Union([t.String(), t.Null()])),
  location: Location,
});

/** A symbol of a document in the newer form, with `children` of the same shape. */
export const DocumentSymbol = t.Object({
  name: t.String(),
  kind: t.Integer({ minimum: 0 }),
  detail: t.Optional(t.String()),
  range: Range,
  selectionRange: Range,
  children: t.Optional(t.Array(t.Unknown())),
});

/** What a call hierarchy is made of. It goes back to the server as it came. */
export const CallHierarchyItem = t.Object({
  name: t.String(),
  kind: t.Integer({ minimum: 0 }),
  uri: t.String(),
  range: Range,
  selectionRange: Range,
});
export type CallHierarchyItem = Static<typeof CallHierarchyItem>;

export const IncomingCall = t.Object({ from: CallHierarchyItem, fromRanges: t.Array(Range) });
export const OutgoingCall = t.Object({ to: CallHierarchyItem, fromRanges: t.Array(Range) });

export const ConfigurationParams = t.Object({
  items: t.Array(t.Object({ section: t.Optional(t.Union([t.String(), t.Null()])) })),
});

export const RegistrationParams = t.Object({
  registrations: t.Array(
    t.Object({ id: t.String(), method: t.String(), registerOptions: t.Optional(t.Unknown()) }),
  ),
});

/** Of what a server can do: the things that are not simply there or not. */
const SaveOption = t.Union([t.Boolean(), t.Object({ includeText: t.Optional(t.Boolean()) })]);
const SyncOptions = t.Object({
  openClose: t.Optional(t.Boolean()),
  change: t.Optional(t.Integer()),
  save: t.Optional(SaveOption),
});
export const InitializeResult = t.Object({
  capabilities: t.Intersect([
    t.Object({ textDocumentSync: t.Optional(t.Union([t.Integer(), SyncOptions])) }),
    t.Record(t.String(), t.Unknown()),
  ]),
});
export type ServerCapabilities = Static<typeof InitializeResult>["capabilities"];

/** The same position that a person would call line `line + 1`, character `character + 1`. */
export type TextPosition = Position;

/** Those of the values that fit, at most `max`. One value counts as a list of one. */
export function readList<S extends TSchema>(schema: S, value: unknown, max: number): Static<S>[] {
  const list = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
  const fitting: Static<S>[] = [];
  for (const one of list) {
    if (fitting.length >= max) break;
    if (isValid(schema, one)) fitting.push(one);
  }
  return fitting;
}
