// Project trust: how far the files of one project are trusted, as it was judged when they were
// read. A decision is for a directory and for the content that would act; with other content it
// counts no more. Pure.
import type { Acting } from "./acting";
import type { Decision } from "./trust-store";

export interface ProjectTrust {
  /** What acts may act: the person has decided so for this very content. */
  isContentTrusted: boolean;
  /** The person has trusted the directory: its own programs may run, too. */
  isTrusted: boolean;
  /** All that the project's files would do. Read from the files when it is asked for. */
  acting(): Promise<readonly Acting[]>;
  /** Whether this may act: it is what the person has trusted, and not what it became since. */
  allows(acting: readonly Acting[]): Promise<boolean>;
}

/** Where there is no project there is nothing to trust. */
export const NO_PROJECT: ProjectTrust = {
  isContentTrusted: false,
  isTrusted: false,
  acting: async () => [],
  allows: async (acting) => acting.length === 0,
};

/** The hash of all that acts, in whatever order it was found. */
export function contentHash(acting: readonly Acting[]): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const line of acting.map(({ kind, what, hash: own }) => `${kind} ${own} ${what}\n`).sort()) {
    hash.update(line);
  }
  return hash.digest("hex");
}

/** What a decision of the past says of the present content. */
export function judge(
  decision: Decision,
  acting: readonly Acting[],
): Pick<ProjectTrust, "isContentTrusted" | "isTrusted"> {
  const isContentTrusted = decision.content === contentHash(acting);
  return { isContentTrusted, isTrusted: isContentTrusted && decision.by === "person" };
}
