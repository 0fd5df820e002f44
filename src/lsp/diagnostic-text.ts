// Diagnostics as the model reads them: errors only, the first of them, with lines and columns as
// an editor counts them.
import type { Diagnostic } from "./protocol";

const ERRORS_SHOWN_MAX = 20;
const ERROR = 1;

/** Empty when there is no error. `file` is named in it as it is given. */
export function formatDiagnostics(file: string, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics
    .filter(({ severity }) => severity === ERROR)
    .sort((a, b) => compare(a.range.start, b.range.start));
  if (errors.length === 0) return "";
  const lines = errors.slice(0, ERRORS_SHOWN_MAX).map(formatError);
  const more = errors.length - lines.length;
  if (more > 0) lines.push(`... and ${more} more`);
  return `<diagnostics file="${file}">\n${lines.join("\n")}\n</diagnostics>`;
}

type Place = Diagnostic["range"]["start"];

function compare(a: Place, b: Place): number {
  return a.line - b.line || a.character - b.character;
}

function formatError({ range: { start }, message }: Diagnostic): string {
  return `ERROR [${start.line + 1}:${start.character + 1}] ${message.trim()}`;
}
