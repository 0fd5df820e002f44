// The views that are a row or two of the program's own words: the end of a turn, an error, the
// mark of a compaction, what is undone.
import type { BoxRenderable, TextRenderable } from "@opentui/core";
import type { Slot } from "@/tui/theme/slots";
import type { Ui } from "@/tui/ui";
import type { TurnEnd } from "./blocks";
import { ink, panel, plain, row, styled, wrapped } from "./style";
import type { BlockOf, View } from "./view";
import { dollars, duration, oneLine } from "./words";

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
  constructor(ui: Ui, block: BlockOf<"end">) {
    super(ui, plain(ui), row(ui));
    this.update(block);
  }

  update({ end }: BlockOf<"end">): void {
    const { ui } = this;
    const [agent = "", ...facts] = factsOf(ui, end);
    const color = ui.theme.agentColor(end.message.agent);
    const mark = { ...ink(ui, "textMuted", "▣  "), fg: color };
    this.text.content = styled(
      mark,
      ink(ui, "text", agent),
      ink(ui, "textMuted", facts.map((fact) => ` · ${fact}`).join("")),
    );
  }
}

function factsOf(ui: Ui, { message, asked, cost, durationMs, isInterrupted }: TurnEnd): string[] {
  const { providers } = ui.store.state.facts;
  const provider = providers?.providers.find((one) => one.id === message.providerID);
  const model = provider?.models[message.modelID]?.name ?? message.modelID;
  const diffs = asked?.summary?.diffs ?? [];
  const additions = diffs.reduce((sum, diff) => sum + diff.additions, 0);
  const deletions = diffs.reduce((sum, diff) => sum + diff.deletions, 0);
  const files = `${diffs.length} ${diffs.length === 1 ? "file" : "files"}`;
  return [
    oneLine(message.agent.charAt(0).toUpperCase() + message.agent.slice(1)),
    oneLine(model),
    duration(durationMs),
    ...(cost > 0 ? [dollars(cost)] : []),
    ...(diffs.length > 0 ? [`${files} +${additions} -${deletions}`] : []),
    ...(isInterrupted ? ["interrupted"] : []),
  ];
}

export class ErrorView extends NoteView<BlockOf<"error">> {
  constructor(ui: Ui, block: BlockOf<"error">) {
    super(ui, panel(ui, "error"), wrapped(ui));
    this.update(block);
  }

  update({ error, message }: BlockOf<"error">): void {
    const { data } = error;
    const status = "statusCode" in data ? ` said ${String(data["statusCode"])}` : "";
    const words = "message" in data ? String(data["message"]) : error.name;
    const said = `✗ ${message.providerID}${status}: ${oneLine(words)}`;
    this.text.content = styled(ink(this.ui, "error", said));
  }
}

export class CompactionView extends NoteView<BlockOf<"compaction">> {
  constructor(ui: Ui, block: BlockOf<"compaction">) {
    super(ui, plain(ui), row(ui));
    this.update(block);
  }

  update(_block: BlockOf<"compaction">): void {
    this.text.content = "── compacted ──";
  }
}

export class UndoneView extends NoteView<BlockOf<"undone">> {
  constructor(ui: Ui, block: BlockOf<"undone">) {
    super(ui, panel(ui, UNDONE), wrapped(ui, "textMuted"));
    this.update(block);
  }

  update({ count, revert }: BlockOf<"undone">): void {
    const files = new Set(
      [...(revert.diff ?? "").matchAll(/^\+\+\+ (.+)$/gm)].map(([, name]) => name),
    );
    const key = this.ui.keymap.label("session.redo");
    const parts = [
      `${count} ${count === 1 ? "message" : "messages"} undone`,
      ...(files.size > 0 ? [`${files.size} ${files.size === 1 ? "file" : "files"}`] : []),
      ...(key === undefined ? [] : [`${key} to bring back`]),
    ];
    this.text.content = parts.join(" · ");
  }
}

const UNDONE: Slot = "warning";
