// The diff viewer: a tree of the changed files, their diffs, and what can be done with a hunk.
import { BoxRenderable, ScrollBoxRenderable, TextRenderable } from "@opentui/core";
import { columns, pad } from "@/tui/cells";
import { openHelp } from "@/tui/dialogs/help";
import { openFile } from "@/tui/prompt/external-editor";
import { DiffPane } from "@/tui/diff/diff-pane";
import { loadDiff, sourcesFor, sourceTitle } from "@/tui/diff/diff-sources";
import { directoriesOf, treeRows, type TreeRow } from "@/tui/diff/file-tree";
import type { FilePatch } from "@/tui/diff/patch-rows";
import { reversedHunk } from "@/tui/diff/reversed-hunk";
import { inWorktree } from "@/tui/store/present";
import type { DiffSource, Route } from "@/tui/store/state";
import type { Ui } from "@/tui/ui";
import { figuresOf } from "@/tui/views/edit";
import { ink, isNarrow, row, styled } from "@/tui/views/style";
import { oneLine } from "@/tui/views/words";
import type { ActionBodies, Screen, Size } from "./screen";

/** The line beside it included. */
const TREE_COLUMNS = 31;
/** Below, the tree is shown when it is asked for. */
const TREE_MIN_COLUMNS = 90;
const SPLIT_MIN_COLUMNS = 140;
const STATUS_LETTERS = { added: "A", modified: "M", deleted: "D" } as const;

type DiffRoute = Extract<Route, { screen: "diff" }>;

/** What the footer says; what has no room is left out from the end, but for the last two. */
const HINTS: readonly (readonly [string, string])[] = [
  ["diff.switch_focus", "tree"],
  ["diff.next_hunk diff.previous_hunk", "hunk"],
  ["diff.next_file diff.previous_file", "file"],
  ["diff.switch_source", "source"],
  ["diff.toggle_view", "split"],
  ["diff.mark_reviewed", "reviewed"],
  ["diff.comment", "comment to prompt"],
  ["diff.undo_hunk", "undo hunk"],
  ["diff.close", "close"],
  ["diff.help", "all"],
];

export class DiffScreen implements Screen {
  readonly root: BoxRenderable;
  readonly #ui: Ui;
  readonly #back: DiffRoute["back"];
  readonly #title: TextRenderable;
  readonly #figures: TextRenderable;
  readonly #tree: ScrollBoxRenderable;
  readonly #treeText: TextRenderable;
  readonly #pane: DiffPane;
  readonly #empty: TextRenderable;
  readonly #rules: readonly TextRenderable[];
  readonly #footer: TextRenderable;
  readonly #leaveKeys: () => void;
  readonly #reviewed = new Set<string>();
  readonly #folded = new Set<string>();
  #source: DiffSource;
  #files: readonly FilePatch[] = [];
  #canUndo = false;
  #focus: "tree" | "pane" = "pane";
  /** Which row of the tree is chosen while the tree has the keys. */
  #treeAt = 0;
  #wantsTree: boolean | undefined;
  #wantsSplit: boolean | undefined;
  #isSingle = false;
  #columns = 0;

  constructor(ui: Ui, { source, back }: DiffRoute) {
    this.#ui = ui;
    this.#source = source;
    this.#back = back;
    const { renderer, theme } = ui;
    this.root = new BoxRenderable(renderer, { flexDirection: "column", flexGrow: 1 });
    const head = new BoxRenderable(renderer, {
      flexDirection: "row",
      justifyContent: "space-between",
      paddingX: 1,
      gap: 2,
    });
    this.#title = row(ui, "text");
    this.#figures = row(ui);
    head.add(this.#title);
    head.add(this.#figures);
    const body = new BoxRenderable(renderer, {
      flexDirection: "row",
      flexGrow: 1,
      flexShrink: 1,
      minHeight: 0,
    });
    this.#rules = ["above", "below"].map(() => row(ui, "border"));
    this.#tree = new ScrollBoxRenderable(renderer, {
      width: TREE_COLUMNS,
      flexShrink: 0,
      border: ["right"],
      borderColor: theme.colors.border,
    });
    this.#treeText = new TextRenderable(renderer, { content: "", wrapMode: "none" });
    this.#tree.add(this.#treeText);
    this.#pane = new DiffPane(ui);
    this.#empty = new TextRenderable(renderer, { content: "Loading…", fg: theme.colors.textMuted });
    this.#empty.paddingX = 1;
    body.add(this.#tree);
    body.add(this.#empty);
    body.add(this.#pane.root);
    this.#footer = row(ui);
    const [above, below] = this.#rules;
    for (const one of [head, above, body, below, this.#footer]) this.root.add(one);
    for (const one of [head, above, below, this.#footer]) if (one) one.flexShrink = 0;
    this.#leaveKeys = ui.keymap.enter("diff", (id) => ui.actions.run(id));
    void this.#load();
  }

  get actions(): ActionBodies {
    const bodies = Object.entries(this.#bodies).map(([id, { run, ...rest }]) => {
      const runAndDraw = async () => {
        await run();
        this.#draw();
      };
      return [id, { ...rest, run: runAndDraw }] as const;
    });
    return Object.fromEntries(bodies);
  }

  get #bodies(): ActionBodies {
    const pane = this.#pane;
    return {
      "diff.close": { run: () => this.#close() },
      "diff.up": { run: () => this.#move(-1) },
      "diff.down": { run: () => this.#move(1) },
      "diff.page_up": { run: () => pane.movePages(-1) },
      "diff.page_down": { run: () => pane.movePages(1) },
      "diff.first": { run: () => pane.moveToEnd("first") },
      "diff.last": { run: () => pane.moveToEnd("last") },
      "diff.next_hunk": { run: () => pane.moveHunks(1) },
      "diff.previous_hunk": { run: () => pane.moveHunks(-1) },
      "diff.next_file": { run: () => pane.moveToFile(pane.place.file + 1) },
      "diff.previous_file": { run: () => pane.moveToFile(pane.place.file - 1) },
      "diff.switch_focus": { run: () => this.#switchFocus() },
      "diff.toggle": { run: () => this.#toggle() },
      "diff.expand": { run: () => this.#fold(false) },
      "diff.collapse": { run: () => this.#fold(true) },
      "diff.expand_all": { run: () => this.#folded.clear() },
      "diff.toggle_file_tree": { run: () => void (this.#wantsTree = !this.#tree.visible) },
      "diff.single_patch": {
        run: () => this.#changeView(() => (this.#isSingle = !this.#isSingle)),
      },
      "diff.toggle_view": {
        run: () => this.#changeView(() => (this.#wantsSplit = !this.#isSplit)),
      },
      "diff.switch_source": { run: () => this.#switchSource() },
      "diff.mark_reviewed": { run: () => this.#markReviewed() },
      "diff.comment": { run: () => this.#comment() },
      "diff.open_file": { run: () => this.#openFile() },
      "diff.help": { run: () => openHelp(this.#ui, "Diff") },
      "diff.undo_hunk": { when: () => this.#canUndo, run: () => this.#undoHunk() },
    };
  }

  /** The prompt has no part in this screen. */
  focus(): void {
    this.#ui.prompt.blur();
  }

  update(): void {
    this.#draw();
  }

  resize({ columns }: Size): void {
    const wasSplit = this.#isSplit;
    this.#columns = columns;
    if (wasSplit !== this.#isSplit) this.#changeView(() => undefined);
    this.#draw();
  }

  destroy(): void {
    this.#leaveKeys();
    this.#pane.destroy();
    this.root.destroyRecursively();
  }

  get #isSplit(): boolean {
    if (this.#wantsSplit !== undefined) return this.#wantsSplit;
    return this.#ui.settings.diffStyle === "auto" && this.#columns >= SPLIT_MIN_COLUMNS;
  }

  get #rows(): TreeRow[] {
    return treeRows(
      this.#files.map(({ path }) => path),
      this.#folded,
    );
  }

  async #load(): Promise<void> {
    const source = this.#source;
    this.#empty.content = "Loading…";
    const loaded = await loadDiff(this.#ui.client, source);
    // Meanwhile another source may have been chosen, or the screen may be gone.
    if (source !== this.#source || this.root.isDestroyed) return;
    this.#files = loaded.files;
    this.#canUndo = loaded.canUndo;
    this.#empty.content = "No changes.";
    this.#changeView(() => undefined);
    this.#draw();
  }

  #changeView(change: () => unknown): void {
    change();
    this.#pane.show(this.#files, { isSplit: this.#isSplit, isSingle: this.#isSingle });
  }

  #close(): void {
    this.#ui.store.dispatch({ type: "route.changed", route: this.#back });
  }

  #switchSource(): Promise<void> {
    const sessionID = this.#back.screen === "session" ? this.#back.sessionID : undefined;
    const sources = sourcesFor(this.#source, sessionID);
    const at = sources.findIndex(({ type }) => type === this.#source.type);
    this.#source = sources[(at + 1) % sources.length] ?? this.#source;
    return this.#load();
  }

  #switchFocus(): void {
    this.#focus = this.#focus === "pane" ? "tree" : "pane";
    if (this.#focus === "tree") {
      this.#wantsTree = true;
      this.#treeAt = Math.max(
        0,
        this.#rows.findIndex(({ file }) => file === this.#pane.place.file),
      );
    }
  }

  #move(lines: number): void {
    if (this.#focus === "pane") return this.#pane.moveLines(lines);
    const rows = this.#rows;
    this.#treeAt = Math.max(0, Math.min(rows.length - 1, this.#treeAt + lines));
    const { file } = rows[this.#treeAt] ?? {};
    if (file !== undefined) this.#pane.moveToFile(file);
  }

  /** In the tree a directory folds; a file has the keys for its diff. */
  #toggle(): void {
    const chosen = this.#focus === "tree" ? this.#rows[this.#treeAt] : undefined;
    if (!chosen) return;
    if (chosen.file === undefined) this.#fold(!chosen.isFolded);
    else this.#focus = "pane";
  }

  #fold(isFolded: boolean): void {
    const chosen = this.#focus === "tree" ? this.#rows[this.#treeAt] : undefined;
    if (!chosen) return;
    const isFile = chosen.file !== undefined;
    const path = isFile ? directoriesOf(chosen.path).at(-1) : chosen.path;
    if (path === undefined) return;
    if (isFolded) this.#folded.add(path);
    else this.#folded.delete(path);
    this.#treeAt = Math.max(
      0,
      this.#rows.findIndex((one) => one.path === (isFile ? path : chosen.path)),
    );
  }

  #markReviewed(): void {
    const { file } = this.#pane.place;
    const path = this.#files[file]?.path;
    if (path === undefined) return;
    if (this.#reviewed.delete(path)) return;
    this.#reviewed.add(path);
    const next = this.#files.findIndex((one, at) => at > file && !this.#reviewed.has(one.path));
    if (next >= 0) this.#pane.moveToFile(next);
  }

  /** Back to the prompt, in which the line is a chip. */
  #comment(): void {
    const { file, row: line } = this.#pane.place;
    const path = this.#files[file]?.path;
    if (path === undefined) return;
    const number = line?.after ?? line?.before;
    this.#close();
    this.#ui.prompt.append(`@${path}${number === undefined ? "" : `#L${number}`} `);
  }

  /** In the person's editor, at the line of the cursor. */
  async #openFile(): Promise<void> {
    const { file, row: line } = this.#pane.place;
    const path = this.#files[file]?.path;
    if (path === undefined) return;
    await openFile(this.#ui, inWorktree(this.#ui.store.state, path), line?.after ?? line?.before);
  }

  async #undoHunk(): Promise<void> {
    const { file, hunk } = this.#pane.place;
    const changed = this.#files[file];
    const patch = changed && hunk !== undefined ? reversedHunk(changed, hunk) : undefined;
    if (!changed || patch === undefined) return;
    await this.#ui.client.vcs.apply(patch);
    this.#ui.toasts.show({ message: `Undone: a hunk of ${changed.path}`, variant: "info" });
    await this.#load();
  }

  #draw(): void {
    if (this.root.isDestroyed) return;
    const ui = this.#ui;
    const files = this.#files;
    const done = files.filter(({ path }) => this.#reviewed.has(path)).length;
    this.#title.content = styled(
      ink(ui, "text", "Diff", true),
      ink(ui, "textMuted", `  ${sourceTitle(this.#source)} ▾`),
    );
    const count = `${files.length} ${files.length === 1 ? "file" : "files"} `;
    this.#figures.content = styled(
      ink(ui, "textMuted", count),
      ...figuresOf(ui, files),
      ink(ui, "textMuted", `   ${done}/${files.length} ${isNarrow(ui) ? "✓" : "reviewed"}`),
    );
    const hasFiles = files.length > 0;
    this.#tree.visible = hasFiles && (this.#wantsTree ?? this.#columns >= TREE_MIN_COLUMNS);
    this.#pane.root.visible = hasFiles;
    this.#empty.visible = !hasFiles;
    if (this.#tree.visible) this.#drawTree();
    this.#drawRules();
    this.#drawFooter();
  }

  /** Lines that the one beside the tree runs into. */
  #drawRules(): void {
    const left = this.#tree.visible ? TREE_COLUMNS - 1 : this.#columns;
    const right = Math.max(0, this.#columns - left - 1);
    for (const [at, joint] of ["┬", "┴"].entries()) {
      const rest = this.#tree.visible ? joint + "─".repeat(right) : "";
      const rule = this.#rules[at];
      if (rule) rule.content = "─".repeat(left) + rest;
    }
  }

  #drawTree(): void {
    const ui = this.#ui;
    const current = this.#pane.place.file;
    const rows = this.#rows;
    this.#treeText.content = styled(
      ...rows.map((one, at) => {
        const isChosen = this.#focus === "tree" ? at === this.#treeAt : one.file === current;
        const text = `${at === 0 ? "" : "\n"}${this.#treeLine(one, isChosen)}`;
        return ink(ui, isChosen ? "primary" : "text", text, isChosen);
      }),
    );
    if (this.#focus !== "tree") return;
    const { viewport, scrollTop } = this.#tree;
    if (this.#treeAt < scrollTop) this.#tree.scrollTop = this.#treeAt;
    else if (this.#treeAt >= scrollTop + viewport.height) {
      this.#tree.scrollTop = this.#treeAt - viewport.height + 1;
    }
  }

  #treeLine({ lead, name, file, isFolded, path }: TreeRow, isChosen: boolean): string {
    const mark = isChosen && this.#focus === "tree" ? "▸" : " ";
    if (file === undefined) return `${mark}${lead}${isFolded ? "▸" : "▾"} ${oneLine(name)}`;
    const check = this.#reviewed.has(path) ? "✓" : " ";
    const letter = STATUS_LETTERS[this.#files[file]?.status ?? "modified"];
    const room = TREE_COLUMNS - 4;
    return `${pad(`${mark}${lead}${check} ${oneLine(name)}`, room)} ${letter}`;
  }

  #drawFooter(): void {
    const ui = this.#ui;
    const hints = HINTS.filter(([id]) => id !== "diff.undo_hunk" || this.#canUndo).flatMap(
      ([ids, what]) => {
        const keys = ids.split(" ").flatMap((id) => shortest(ui.keymap.labels(id)));
        return keys.length === 0 ? [] : [`${keys.join(" ")} ${what}`];
      },
    );
    const last = hints.splice(-2);
    const words = () => ` ${[...hints, ...last].join("  ")}`;
    while (hints.length > 0 && columns(words()) > ui.renderer.width) hints.pop();
    this.#footer.content = words();
  }
}

/** Of the keys of an action the one that takes the least room. */
function shortest(labels: readonly string[]): string[] {
  return labels.toSorted((one, other) => columns(one) - columns(other)).slice(0, 1);
}
