// The views that are a row or two of the program's own words: the end of a turn, an error, what is
// undone.
import type { BoxRenderable, TextRenderable } from "@opentui/core";
import { plural } from "@/base/text";
import { columns } from "@/tui/cells";
import type { Provider } from "@/schema/provider";
import { openDiff } from "@/tui/open-diff";
import { causeOf, isAuthFailure } from "@/tui/store/failure";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import type { TurnEnd } from "./blocks";
import { ink, isNarrow, panel, plain, row, styled, wrapped } from "./style";
import type { BlockOf, View } from "./view";
import { capitalized, dollars, duration, oneLine } from "./words";

abstract class NoteView<T> implements View<T> {
  readonly root: BoxRenderable;
  readonly isRow = false;
  protected readonly ui: Ui;
  protected readonly text: TextRenderable;

  constructor(ui: Ui, root: BoxRenderable, text: TextRenderable) {
    this.ui = ui;
    this.root = root;
    this.text = text;
    root.add(text);
  }

  abstract update(value: T): void;

  setExpanded(_isExpanded: boolean): boolean {
    return false;
  }

  destroy(): void {
    this.root.destroyRecursively();
  }
}

export class EndView extends NoteView<BlockOf<"end">> {
  #asked: TurnEnd["asked"];
  /** The columns of the row in which the changed files stand: a click there shows the changes. */
  #files = { start: 0, end: 0 };

  constructor(ui: Ui, block: BlockOf<"end">) {
    super(ui, plain(ui), row(ui));
    this.root.onMouseUp = (event) => {
      const at = event.x - this.text.x;
      if (!this.#asked || at < this.#files.start || at >= this.#files.end) return;
      event.stopPropagation();
      const { id: messageID, sessionID } = this.#asked;
      openDiff(ui, { type: "turn", sessionID, messageID });
    };
    this.update(block);
  }

  update({ end }: BlockOf<"end">): void {
    const { ui } = this;
    const agent = oneLine(capitalized(end.message.agent));
    const facts = isNarrow(ui) ? [duration(end.durationMs)] : factsOf(ui, end);
    const files = isNarrow(ui) ? "" : filesOf(end);
    const before = ["", ...facts].join(" · ");
    const color = ui.theme.agentColor(end.message.agent);
    const mark = { ...ink(ui, "textMuted", isNarrow(ui) ? "▣ " : "▣  "), fg: color };
    const changed = files === "" ? "" : ` · ${files}`;
    const start = columns(mark.text + agent + before);
    this.#asked = end.asked;
    this.#files = { start, end: start + columns(changed) };
    this.text.content = styled(
      mark,
      ink(ui, "text", agent),
      ink(ui, "textMuted", before + changed + (end.isInterrupted ? " · interrupted" : "")),
    );
  }
}

/** What the turn changed; empty when it changed nothing. */
function filesOf({ asked }: TurnEnd): string {
  const diffs = asked?.summary?.diffs ?? [];
  const additions = diffs.reduce((sum, diff) => sum + diff.additions, 0);
  const deletions = diffs.reduce((sum, diff) => sum + diff.deletions, 0);
  return diffs.length === 0 ? "" : `${plural(diffs.length, "file")} +${additions} -${deletions}`;
}

function factsOf(ui: Ui, { message, cost, durationMs }: TurnEnd): string[] {
  const provider = providerOf(ui, message.providerID);
  const model = provider?.models[message.modelID]?.name ?? message.modelID;
  return [oneLine(model), duration(durationMs), ...(cost > 0 ? [dollars(cost)] : [])];
}

function providerOf({ store }: Ui, providerID: string): Provider | undefined {
  return store.state.facts.providers?.providers.find(({ id }) => id === providerID);
}

export class ErrorView extends NoteView<BlockOf<"error">> {
  constructor(ui: Ui, block: BlockOf<"error">) {
    super(ui, panel(ui, "error"), wrapped(ui));
    this.update(block);
  }

  update({ error, message, isNewest }: BlockOf<"error">): void {
    const { ui } = this;
    const { data } = error;
    const status = "statusCode" in data ? ` said ${String(data["statusCode"])}` : "";
    const words = oneLine("message" in data ? String(data["message"]) : error.name);
    const name = oneLine(providerOf(ui, message.providerID)?.name ?? message.providerID);
    // Some failures name the provider themselves.
    const isNamed = status === "" && words.startsWith(`${name} `);
    const said = isNamed ? `✗ ${words}` : `✗ ${name}${status}: ${words}`;
    const cause = causeOf(ui.store.state, error, message.providerID);
    const keys = isNewest ? keysFor(ui, isAuthFailure(error)) : [];
    const rest = [cause, ...keys].filter(Boolean).join("  ");
    const more = rest === "" ? "" : `\n  ${rest}`;
    this.text.content = styled(ink(ui, "error", said), ink(ui, "textMuted", more));
  }
}

/** The keys that help, as long as nothing came after it. */
function keysFor({ keymap }: Ui, isAuth: boolean): string[] {
  const hints = [
    ...(isAuth ? [["input.submit", "reconnect"]] : []),
    ["session.error.copy", "copy details"],
    ["session.retry", "retry"],
  ];
  return hints.flatMap(([id = "", what]) => {
    const key = keymap.label(id);
    // As dialogs call it, too.
    return key === undefined ? [] : [`${key === "return" ? "enter" : key} ${what}`];
  });
}

export class UndoneView extends NoteView<BlockOf<"undone">> {
  constructor(ui: Ui, block: BlockOf<"undone">) {
    super(ui, panel(ui, UNDONE), wrapped(ui, "textMuted"));
    this.update(block);
  }

  update({ count, revert }: BlockOf<"undone">): void {
    const key = this.ui.keymap.label("session.redo");
    const files = new Set(
      [...(revert.diff ?? "").matchAll(/^--- (.+)\n\+\+\+ .+$/gm)].map(([, name]) => name),
    ).size;
    const words = [
      ...(count > 0 ? [`${plural(count, "message")} undone`] : []),
      ...filesUndone(count, files, revert.files !== undefined),
      ...(key === undefined ? [] : [`${key} to bring back`]),
    ];
    const left = skippedWords(revert.skipped ?? []).map((row) => `\n△ ${row}`);
    this.text.content = styled(
      ink(this.ui, "textMuted", words.join(" · ")),
      ...left.map((row) => ink(this.ui, "warning", row)),
    );
  }
}

function filesUndone(messages: number, files: number, isApart: boolean): string[] {
  if (messages > 0 && files === 0) return isApart ? ["files kept"] : [];
  if (messages > 0) return [plural(files, "file")];
  return [files > 0 ? `${plural(files, "file")} put back` : "no file to put back"];
}

function skippedWords(skipped: readonly { file: string; reason: string }[]): string[] {
  const shown = skipped.slice(0, SKIPPED_ROWS).map(({ file, reason }) => {
    return `${oneLine(file)} was left: ${oneLine(reason)}`;
  });
  const rest = skipped.length - shown.length;
  return rest > 0 ? [...shown, `… ${plural(rest, "more file")} left`] : shown;
}

const UNDONE: Slot = "warning";
/** Files that an undo had to leave, of which each is told why. */
const SKIPPED_ROWS = 3;
