// Links out of the project: a symbolic link of a repository may lead to a private file of this
// machine. It is followed once the person has trusted the project with that link, and as long as it
// leads there; until then it is one of the things that are held back.
import { isInside, nearestRealpath } from "@/base/file";
import type { Logger } from "@/base/log";
import { type Acting, projectPath } from "./acting";
import { fingerprint } from "./fingerprint";
import type { ProjectTrust } from "./project-trust";

/** What keeps a reader of the project's files in the project. */
export interface Fence {
  /** What is outside of it is outside the project. */
  readonly root: string;
  /** Whether to go on from the link at `path`, which leads to the real path `target` outside. */
  opens(path: string, target: string): Promise<boolean>;
}

/** Opens for the links that are trusted; of others the log tells. */
export function trustFence(
  root: string,
  { allows }: Pick<ProjectTrust, "allows">,
  log: Logger,
): Fence {
  const opens = async (path: string, target: string) => {
    if (await allows([await describeLink(path, target, root)])) return true;
    log.warn(`${path} leads out of the project and is left out: it is not trusted`, { target });
    return false;
  };
  return { root, opens };
}

/** Notes links as what acts. `follows`: what they lead to is looked at, too. */
export class NotingFence implements Fence {
  readonly root: string;
  readonly #follows: boolean;
  readonly #noted = new Map<string, Acting>();

  constructor(root: string, { follows = false } = {}) {
    this.root = root;
    this.#follows = follows;
  }

  async opens(path: string, target: string): Promise<boolean> {
    this.#noted.set(path, await describeLink(path, target, this.root));
    return this.#follows;
  }

  get noted(): Acting[] {
    return [...this.#noted.values()];
  }
}

/** The fence of a place, if it is the project's: the person's own links are followed. */
export function fenceAt(path: string, fence: Fence): Fence | undefined {
  return isInside(fence.root, path) ? fence : undefined;
}

/** Whether a file may be read; one that is not the project's always. */
export async function mayRead(path: string, fence: Fence): Promise<boolean> {
  if (!fenceAt(path, fence)) return true;
  const target = await nearestRealpath(path);
  return isInside(await nearestRealpath(fence.root), target) || fence.opens(path, target);
}

/** Where it leads is what counts, not what is there: that is the person's. */
async function describeLink(path: string, target: string, root: string): Promise<Acting> {
  const what = projectPath(root, path);
  const hash = await fingerprint(["link", what, target], [], root);
  return { kind: "file", what, origin: what, hash };
}
