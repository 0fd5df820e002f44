// Completion: what the list above the prompt offers for a `/` word or an `@` word, and what taking
// a row does. It owns the popup; a search for files that a newer key has overtaken is dropped.
import type { McpResource, McpResourceTemplate } from "@/schema/mcp";
import type { Ui } from "@/tui/ui";
import type { Draft } from "./draft";
import {
  type Mention,
  mentionAt,
  type MentionItem,
  rankMentions,
  takeMention,
  templateStart,
  writeMention,
} from "./mention";
import { Popup, type PopupRow } from "./popup";
import {
  argumentHint,
  findSlash,
  matchSlash,
  slashCall,
  type SlashItem,
  slashQuery,
} from "./slash";

/** `select` is what return does, `complete` what tab does. */
export type TakeHow = "select" | "complete";

export interface CompletionHost {
  readonly draft: Draft;
  readonly cursor: number;
  slashItems(): readonly SlashItem[];
  /** Files that the person is likely to mean. */
  recentFiles(): readonly string[];
  setDraft(draft: Draft, cursor: number): void;
  runSlash(item: SlashItem, how: TakeHow): void;
  /** The list, or what it is of, is another one. */
  onShown(): void;
}

type Shown =
  | { type: "slash"; items: readonly SlashItem[] }
  | { type: "hint" }
  | { type: "mention"; mention: Mention; items: readonly MentionItem[] };

const FOUND_MAX = 30;
const ITEMS_MAX = 50;

export class Completion {
  readonly #ui: Ui;
  readonly #host: CompletionHost;
  readonly #popup: Popup;
  #shown: Shown | undefined;
  #selected = 0;
  /** The word whose list the person has closed. */
  #closedWord: string | undefined;
  #search: AbortController | undefined;
  #found: readonly string[] = [];
  #resources: readonly McpResource[] = [];
  #templates: readonly McpResourceTemplate[] = [];
  #leave: (() => void) | undefined;

  constructor(ui: Ui, host: CompletionHost) {
    this.#ui = ui;
    this.#host = host;
    this.#popup = new Popup(ui, (index) => this.#takeAt(index, "select"));
  }

  get root() {
    return this.#popup.root;
  }

  get isOpen(): boolean {
    return this.#shown !== undefined && this.#shown.type !== "hint";
  }

  /** The keys of the list, as people read them; undefined without one. */
  get hint(): string | undefined {
    switch (this.#shown?.type) {
      case "slash":
        return "↑↓ pick  tab complete  enter run  esc";
      case "mention":
        return "↑↓ pick  tab complete  #12-40 lines  esc";
      default:
        return undefined;
    }
  }

  /** How many rows there may be. */
  limit(rows: number): void {
    this.#popup.limit(rows);
  }

  /** Shows what fits the text and the cursor as they are now. */
  update(): void {
    const { draft, cursor } = this.#host;
    const query = slashQuery(draft, cursor);
    const mention = query === undefined ? mentionAt(draft, cursor) : undefined;
    const word = query !== undefined ? "/" : mention && `@${mention.start}`;
    if (word === undefined) this.#closedWord = undefined;
    if (word !== undefined && word === this.#closedWord) return this.#hide();
    if (query !== undefined) return this.#showSlash(query);
    if (mention) return this.#showMention(mention);
    const hinted = this.#hinted(draft);
    if (hinted) this.#showHint(hinted);
    else this.#hide();
  }

  /** Hides the list; the word at the cursor gets it back only when it is written anew. */
  dismiss(): void {
    const shown = this.#shown;
    if (shown?.type === "slash") this.#closedWord = "/";
    if (shown?.type === "mention") this.#closedWord = `@${shown.mention.start}`;
    this.close();
  }

  close(): void {
    this.#hide();
  }

  /** Runs an action of the list; false when it does not apply. */
  run(actionID: string): boolean {
    switch (actionID) {
      case "prompt.autocomplete.prev":
        return this.#move(-1);
      case "prompt.autocomplete.next":
        return this.#move(1);
      case "prompt.autocomplete.hide":
        this.dismiss();
        return true;
      case "prompt.autocomplete.select":
        return this.#takeAt(this.#selected, "select");
      case "prompt.autocomplete.complete":
        // Without a row there is nothing to complete, and nothing else that tab should mean here.
        this.#takeAt(this.#selected, "complete");
        return true;
      default:
        return false;
    }
  }

  #move(by: number): boolean {
    const count = this.#count();
    if (count === 0) return false;
    this.#selected = (this.#selected + by + count) % count;
    this.#draw();
    return true;
  }

  #count(): number {
    return this.#shown && this.#shown.type !== "hint" ? this.#shown.items.length : 0;
  }

  #takeAt(index: number, how: TakeHow): boolean {
    const shown = this.#shown;
    if (!shown || shown.type === "hint" || index >= shown.items.length) return false;
    this.#hide();
    if (shown.type === "slash") {
      const item = shown.items[index];
      if (item) this.#host.runSlash(item, how);
      return true;
    }
    const item = shown.items[index];
    if (item) this.#takeMention(shown.mention, item, how);
    return true;
  }

  #takeMention(mention: Mention, item: MentionItem, how: TakeHow): void {
    const { draft, cursor } = this.#taken(mention, item, how);
    this.#host.setDraft(draft, cursor);
  }

  #taken(mention: Mention, item: MentionItem, how: TakeHow) {
    const { draft } = this.#host;
    if (item.type === "template") return writeMention(draft, mention, templateStart(item.template));
    const isDirectory = item.type === "file" && item.path.endsWith("/");
    return isDirectory && how === "complete"
      ? writeMention(draft, mention, item.path)
      : takeMention(draft, mention, item);
  }

  #showSlash(query: string): void {
    const items = matchSlash(this.#host.slashItems(), query);
    const isSame = this.#shown?.type === "slash" && isEqual(this.#shown.items, items);
    this.#show({ type: "slash", items }, isSame);
  }

  #hinted(draft: Draft): SlashItem | undefined {
    const call = slashCall(draft);
    if (!call || call.rest.text !== "" || !/\s$/.test(draft.text)) return undefined;
    const item = findSlash(this.#host.slashItems(), call.name);
    return item && item.hints.length > 0 ? item : undefined;
  }

  #showHint(item: SlashItem): void {
    this.#leaveContext();
    this.#shown = { type: "hint" };
    this.#host.onShown();
    this.#popup.show([{ name: `/${item.name} ${argumentHint(item)}` }], -1);
  }

  #showMention(mention: Mention): void {
    const before = this.#shown?.type === "mention" ? this.#shown.mention : undefined;
    if (before?.start !== mention.start) {
      this.#found = [];
      void this.#loadResources();
    }
    if (before?.start !== mention.start || before.query !== mention.query) void this.#find(mention);
    this.#rank(mention, false);
  }

  #rank(mention: Mention, keepsPlace: boolean): void {
    const items = rankMentions(
      mention.query,
      {
        recent: this.#host.recentFiles(),
        found: this.#found,
        agents: this.#ui.store.state.facts.agents ?? [],
        resources: this.#resources,
        templates: this.#templates,
      },
      ITEMS_MAX,
    );
    this.#show({ type: "mention", mention, items }, keepsPlace);
  }

  /** Asks the server; an answer that is not the newest question's is dropped. */
  async #find(mention: Mention): Promise<void> {
    this.#search?.abort();
    const search = new AbortController();
    this.#search = search;
    const query = { query: mention.query, limit: FOUND_MAX };
    const found = await this.#ui.client.file.find(query, search.signal).catch(() => []); // none
    if (search.signal.aborted) return;
    this.#found = found;
    this.#rankAgain();
  }

  /** Anew for each word: servers come, go, and change what they offer. */
  async #loadResources(): Promise<void> {
    const { mcp } = this.#ui.client;
    const [resources, templates] = await Promise.all([
      mcp.resources().catch(() => ({})), // no server has any
      mcp.resourceTemplates().catch(() => ({})), // likewise
    ]);
    this.#resources = Object.values(resources);
    this.#templates = Object.values(templates);
    this.#rankAgain();
  }

  #rankAgain(): void {
    if (this.#shown?.type === "mention") this.#rank(this.#shown.mention, true);
  }

  #show(shown: Exclude<Shown, { type: "hint" }>, keepsPlace: boolean): void {
    this.#shown = shown;
    const last = Math.max(0, shown.items.length - 1);
    this.#selected = keepsPlace ? Math.min(this.#selected, last) : 0;
    this.#leave ??= this.#ui.keymap.enter("popup", (actionID) => this.run(actionID));
    this.#draw();
    this.#host.onShown();
  }

  #draw(): void {
    if (this.#shown && this.#shown.type !== "hint") {
      this.#popup.show(rowsOf(this.#shown), this.#selected);
    }
  }

  #hide(): void {
    this.#leaveContext();
    if (!this.#shown) return;
    this.#shown = undefined;
    this.#popup.hide();
    this.#host.onShown();
  }

  #leaveContext(): void {
    this.#search?.abort();
    this.#leave?.();
    this.#leave = undefined;
  }
}

function rowsOf(shown: Exclude<Shown, { type: "hint" }>): PopupRow[] {
  switch (shown.type) {
    case "slash":
      return shown.items.map(({ name, description, note }) => {
        return { name: `/${name}`, text: description, note };
      });
    case "mention":
      return shown.items.map(mentionRow);
  }
}

function mentionRow(item: MentionItem): PopupRow {
  switch (item.type) {
    case "file":
      return { name: item.path };
    case "agent":
      return { name: `@${item.name}`, kind: "agent", text: item.description };
    case "resource": {
      const { client, name, description = "" } = item.resource;
      return { name: `${client}:${name}`, kind: "MCP", text: description };
    }
    case "template": {
      const { client, uriTemplate, description = "" } = item.template;
      return { name: `${client}:${uriTemplate}`, kind: "MCP", text: description };
    }
  }
}

function isEqual(a: readonly SlashItem[], b: readonly SlashItem[]): boolean {
  return a.length === b.length && a.every((item, index) => item.name === b[index]?.name);
}
