// What a directory that is not trusted is held back from: one line on stderr, for every command
// whose answer it changes.
import type { Instance } from "@/app/instance";
import type { TrustState } from "@/schema/trust";
import type { CLIContext } from "./context";

const HINT = "Look at it, then use --trust or OPENCODE_TRUST=1";

/** Says it, if there is something. */
export async function tellHeldBack(context: CLIContext, instance: Instance): Promise<void> {
  noteHeldBack(context, await instance.trust.state());
}

export function noteHeldBack({ output }: CLIContext, { summary }: TrustState): void {
  if (summary === "") return;
  output.note(`${output.style.yellow("Not trusted:")} held back ${summary}. ${HINT}`);
}
