// Recent models: what a person chose last, newest first, as the terminal interface keeps it in
// model.json of the state directory. Read only here.
import { join } from "node:path";
import { readTextIfExists } from "@/base/file";
import { isValid, t } from "@/base/schema";
import { ModelRef } from "@/schema/primitive";

const RecentFile = t.Object({ recent: t.Array(t.Unknown()) });

/** The models chosen last, newest first; none when the file is missing or makes no sense. */
export async function readRecentModels(stateDirectory: string): Promise<ModelRef[]> {
  try {
    const text = await readTextIfExists(join(stateDirectory, "model.json"));
    const value: unknown = JSON.parse(text ?? "{}");
    if (!isValid(RecentFile, value)) return [];
    return value.recent.filter((entry) => isValid(ModelRef, entry));
  } catch {
    // A memory that cannot be read is no memory; choosing anew costs little.
    return [];
  }
}
