// The diagnostics of TypeScript's own server, asked for and not waited for: the language server
// before it says nothing when a text has no more problems than the one before, and its first word
// may come before the types have been looked at.
import { isValid, t } from "@/base/schema";
import { readList } from "./protocol";

const Place = t.Object({ line: t.Integer({ minimum: 1 }), offset: t.Integer({ minimum: 1 }) });
const TsserverAnswer = t.Object({ body: t.Array(t.Unknown()) });
const TsserverDiagnostic = t.Object({
  start: Place,
  end: Place,
  text: t.String(),
  code: t.Optional(t.Integer()),
  category: t.Optional(t.String()),
});

const QUESTIONS = ["syntacticDiagnosticsSync", "semanticDiagnosticsSync"] as const;
const SEVERITIES: Readonly<Record<string, number>> = { error: 1, warning: 2, message: 3 };
const ITEMS_MAX = 500;

/**
 * The present problems of an open file, in the shape of the protocol. `request` is one question to
 * the language server; its failure is passed on.
 */
export async function askTsserver(
  file: string,
  request: (method: string, params: unknown) => Promise<unknown>,
): Promise<unknown[]> {
  const answers = await Promise.all(
    QUESTIONS.map((question) =>
      request("workspace/executeCommand", {
        command: "typescript.tsserverRequest",
        arguments: [question, { file }],
      }),
    ),
  );
  return answers
    .flatMap((answer) => (isValid(TsserverAnswer, answer) ? answer.body : []))
    .flatMap((item) => readList(TsserverDiagnostic, item, ITEMS_MAX))
    .map(({ start, end, text, code, category = "error" }) => ({
      range: {
        start: { line: start.line - 1, character: start.offset - 1 },
        end: { line: end.line - 1, character: end.offset - 1 },
      },
      severity: SEVERITIES[category] ?? 1,
      source: "typescript",
      message: text,
      ...(code === undefined ? {} : { code }),
    }));
}
