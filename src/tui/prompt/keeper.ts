// Keeper: what the prompt box remembers beyond this program. It reads the project's files when the
// project is known, keeps history and stash, and writes what is in the box and in the queue a
// moment after each change, so that nothing typed is lost however the program ends.
import type { Ui } from "@/tui/ui";
import { draftSize } from "./draft";
import { type Entry, History } from "./history";
import type { LivePrompts, PromptFiles } from "./prompt-files";

export interface KeeperOptions {
  /** What is being written now. */
  live(): LivePrompts;
  /** What a program left behind that died while it was being written. */
  onAdopted(live: LivePrompts): void;
}

const STASH_MAX = 50;
const SAVE_DELAY_MS = 400;
/** Of a long draft, each writing costs time. */
const SLOW_SAVE_DELAY_MS = 5_000;
const LONG_CHARACTERS = 500_000;

export class Keeper {
  readonly history = new History();
  readonly #ui: Ui;
  readonly #options: KeeperOptions;
  #stash: readonly Entry[] = [];
  #files: PromptFiles | undefined;
  #loading: Promise<void> | undefined;
  #early: ((files: PromptFiles) => Promise<void>)[] = [];
  #cancelSave: (() => void) | undefined;
  readonly #stop: () => void;

  constructor(ui: Ui, options: KeeperOptions) {
    this.#ui = ui;
    this.#options = options;
    // Nothing is read before the first frame is on the screen.
    const start = () => this.#start();
    ui.renderer.on("frame", start);
    this.#stop = () => ui.renderer.off("frame", start);
  }

  /** Newest last. */
  get stash(): readonly Entry[] {
    return this.#stash;
  }

  remember(entry: Entry): void {
    if (this.history.add(entry)) this.#write((files) => files.append("history", entry));
  }

  addToStash(entry: Entry): void {
    this.#setStash([...this.#stash, entry]);
  }

  /** Takes an entry out of the stash, the newest when none is named. */
  takeFromStash(entry = this.#stash.at(-1)): Entry | undefined {
    if (entry) this.#setStash(this.#stash.filter((other) => other !== entry));
    return entry;
  }

  /** What is being written has changed. */
  touch(): void {
    if (this.#cancelSave) return;
    const { draft } = this.#options.live();
    const isLong = draft !== undefined && draftSize(draft.draft) > LONG_CHARACTERS;
    const delay = isLong ? SLOW_SAVE_DELAY_MS : SAVE_DELAY_MS;
    this.#cancelSave = this.#ui.clock.timer(delay, () => {
      this.#cancelSave = undefined;
      void this.#files?.saveLive(this.#options.live());
    });
  }

  /** Writes what is being written, at once: for the end of the program, whatever kind it is of. */
  saveNow(): void {
    this.#cancelSave?.();
    this.#cancelSave = undefined;
    this.#files?.saveLiveNow(this.#options.live());
  }

  /** Resolves when all is on the disk. */
  async close(): Promise<void> {
    this.#stop();
    // At its end what was typed meanwhile is to be kept: here it is.
    await this.#loading;
    this.#cancelSave?.();
    this.#cancelSave = undefined;
    void this.#files?.saveLive(this.#options.live());
    await this.#files?.settled();
  }

  #start(): void {
    const { directory, facts } = this.#ui.store.state;
    const project = facts.path?.worktree ?? directory;
    if (this.#loading || project === "") return;
    this.#stop();
    this.#loading = this.#load(project);
  }

  async #load(project: string): Promise<void> {
    const { stateDirectory } = this.#ui.environment;
    // Not before the first frame: its schemas are heavy.
    const { PromptFiles } = await import("./prompt-files");
    const warn = (message: string) => this.#ui.log.warn(message);
    const files = new PromptFiles(stateDirectory, project, warn);
    const [history, stash, adopted] = await Promise.all([
      files.read("history"),
      files.read("stash"),
      files.adopt(),
    ]);
    this.#files = files;
    this.history.load(history);
    this.#stash = [...stash, ...this.#stash];
    for (const live of adopted) this.#options.onAdopted(live);
    for (const work of this.#early.splice(0)) void work(files);
    // What was typed meanwhile could not be kept yet.
    this.touch();
  }

  #setStash(entries: readonly Entry[]): void {
    this.#stash = entries.slice(-STASH_MAX);
    this.#write((files) => files.replace("stash", this.#stash));
  }

  /** What comes before the files are known is written when they are. */
  #write(work: (files: PromptFiles) => Promise<void>): void {
    if (this.#files) void work(this.#files);
    else this.#early.push(work);
  }
}
