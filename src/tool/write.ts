// write: makes a file, or replaces all of it. What somebody else put into the file since the model
// saw it is never overwritten unseen.
import { t, type Static } from "@/base/schema";
import { askExternalDirectory } from "./external-directory";
import { applyChange, askChange, requireRead, withDiagnostics, withFileLocks } from "./file-change";
import { resolveTarget } from "./file-target";
import { keepFormat, readTextFile } from "./text-file";
import { defineTool, type ToolContext, type ToolResult } from "./tool";
import description from "./write.txt" with { type: "text" };

const parameters = t.Object({ filePath: t.String(), content: t.String() });

export const writeTool = defineTool({ id: "write", description, parameters, run });

async function run(input: Static<typeof parameters>, context: ToolContext): Promise<ToolResult> {
  const target = await resolveTarget(input.filePath, context);
  await askExternalDirectory([target], context);
  const result = await withFileLocks([target.real], context, async () => {
    const before = await readTextFile(target.real);
    // An empty file has nothing to lose.
    if (before && before.text !== "") {
      await requireRead(target, before, `${target.path} already exists`, context);
    }
    const after = keepFormat(input.content, before);
    const change = { target, before, after };
    const asked = await askChange(change, context);
    const { filediff, note } = await applyChange(asked.change, asked.diff, context);
    const converted = after.includes("\r") && !input.content.includes("\r");
    const kept = converted ? " (CRLF line endings kept)" : "";
    return {
      title: target.title,
      output: `Wrote file successfully.${kept}${note}${asked.note}`,
      metadata: {
        filepath: target.path,
        exists: before !== undefined,
        diff: filediff.patch,
        filediff,
      },
    };
  });
  return withDiagnostics(result, [target], context);
}
