// Hooks on a compaction: what the summary is asked for with, and whether the session goes on by
// itself behind it.
import { isValid, t } from "@/base/schema";
import type { Hooks } from "@/plugin/hooks";

const Asked = t.Object({ context: t.Array(t.String()), prompt: t.Optional(t.String()) });

/** What plugins want of the summary: a prompt in the place of ours, and what to add to either. */
export async function summaryWishes(
  sessionID: string,
  hooks: Hooks,
): Promise<{ context: string[]; prompt: string | undefined }> {
  const none = { context: [], prompt: undefined };
  return hooks.run("experimental.session.compacting", { sessionID }, none, {
    check: (output) => (isValid(Asked, output) ? undefined : "a prompt that is none"),
  });
}

/** Whether the model is to go on with what it was asked before. */
export async function continuesItself(sessionID: string, hooks: Hooks): Promise<boolean> {
  const name = "experimental.compaction.autocontinue";
  const { enabled } = await hooks.run(name, { sessionID }, { enabled: true });
  return enabled !== false;
}
