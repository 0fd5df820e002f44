// Export: a session written to a file, with what a person wants in it.

import { writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import {
  bg,
  fg,
  InputRenderable,
  StyledText,
  TextRenderable,
  type KeyEvent,
  type TextChunk,
} from "@opentui/core";
import { errorCode, errorMessage } from "@/base/error";
import type { Session } from "@/schema/session";
import { strokesOf } from "@/tui/keymap/stroke";
import { editorCommand } from "@/tui/prompt/external-editor";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { dialogColumns, SMALL, type Dialog } from "./dialog";
import { DialogFrame } from "./dialog-frame";
import {
  EXTENSIONS,
  exportSession,
  fileName,
  readMessages,
  type ExportFormat,
} from "./session-export";

const FORMATS: readonly ExportFormat[] = ["Markdown", "JSON", "HTML"];
const SWITCHES = [
  ["thinking", "thinking"],
  ["toolDetails", "tool details"],
  ["metadata", "assistant metadata"],
  ["edit", "open in $EDITOR"],
] as const;
type Switch = (typeof SWITCHES)[number][0];
/** The file's name, four switches, and the format. */
const FIELDS = SWITCHES.length + 2;
const COLUMN = 24;
const ATTEMPTS_MAX = 100;

export function openExport(ui: Ui, session: Session): void {
  ui.dialogs.open(new ExportDialog(ui, session));
}

class ExportDialog implements Dialog {
  readonly width = SMALL;
  readonly #ui: Ui;
  readonly #session: Session;
  readonly #frame: DialogFrame;
  readonly #name: InputRenderable;
  readonly #label: TextRenderable;
  readonly #form: TextRenderable;
  readonly #on = { thinking: true, toolDetails: true, metadata: true, edit: false };
  #format: ExportFormat = "Markdown";
  #field = 0;

  constructor(ui: Ui, session: Session) {
    this.#ui = ui;
    this.#session = session;
    const { renderer } = ui;
    const { colors } = ui.theme;
    this.#frame = new DialogFrame(ui, { title: "Export session" });
    this.#label = new TextRenderable(renderer, { content: "File", position: "absolute", top: 0 });
    this.#name = new InputRenderable(renderer, {
      value: `${fileName(session.title)}.md`,
      marginLeft: 6,
      textColor: colors.text,
      focusedTextColor: colors.text,
      backgroundColor: colors.backgroundPanel,
      focusedBackgroundColor: colors.backgroundPanel,
      cursorColor: colors.primary,
    });
    this.#form = new TextRenderable(renderer, { content: "", marginTop: 1, height: 4 });
    for (const child of [this.#label, this.#name, this.#form]) this.#frame.add(child);
    this.#frame.keys = [
      { label: "tab", text: "next" },
      { label: "space", text: "toggle" },
      { label: "enter", text: "save" },
    ];
    this.#draw();
  }

  get root() {
    return this.#frame.root;
  }

  focus(): void {
    if (this.#field === 0) this.#name.focus();
    else this.#name.blur();
  }

  resize({ columns }: { columns: number }): number {
    return this.#frame.setSize(dialogColumns(this.width, columns), 6);
  }

  action(actionID: string): boolean {
    if (actionID === "dialog.select.next") return this.#move(1);
    if (actionID === "dialog.select.prev") return this.#move(-1);
    if (actionID !== "dialog.prompt.submit" && actionID !== "dialog.select.submit") return false;
    void this.#save();
    return true;
  }

  press(key: KeyEvent): boolean {
    const [stroke] = strokesOf(key);
    if (stroke === "tab") return this.#move(1);
    if (stroke === "shift+tab") return this.#move(-1);
    if (stroke !== "space" || this.#field === 0) return false;
    this.#toggle();
    return true;
  }

  close(): void {
    this.#frame.root.destroyRecursively();
  }

  #move(step: 1 | -1): boolean {
    this.#field = (this.#field + step + FIELDS) % FIELDS;
    this.focus();
    this.#draw();
    return true;
  }

  #toggle(): void {
    const [name] = SWITCHES[this.#field - 1] ?? [];
    if (name !== undefined) this.#on[name] = !this.#on[name];
    else {
      const before = EXTENSIONS[this.#format];
      this.#format = FORMATS[(FORMATS.indexOf(this.#format) + 1) % FORMATS.length] ?? "Markdown";
      const { value } = this.#name;
      const isOurs = value.endsWith(`.${before}`);
      const bare = isOurs ? value.slice(0, -before.length) : `${value}.`;
      this.#name.value = `${bare}${EXTENSIONS[this.#format]}`;
    }
    this.#draw();
  }

  async #save(): Promise<void> {
    const ui = this.#ui;
    const { thinking, toolDetails, metadata, edit } = this.#on;
    const name = this.#name.value.trim() || `${fileName(this.#session.title)}.md`;
    const options = { format: this.#format, thinking, toolDetails, metadata };
    ui.dialogs.close();
    await attempt(ui, async () => {
      const messages = await readMessages(ui, this.#session.id);
      const path = await writeNew(ui, name, exportSession(this.#session, messages, options));
      ui.toasts.show({ variant: "success", message: `Saved ${path}` });
      if (edit) await openInEditor(ui, path);
    });
  }

  #draw(): void {
    const { colors } = this.#ui.theme;
    this.#label.fg = this.#field === 0 ? colors.primary : colors.textMuted;
    const box = (at: number, text: string, columns = 0): TextChunk[] => {
      const isHere = this.#field === at;
      const shown = isHere
        ? bg(colors.primary)(fg(colors.selectedListItemText)(text))
        : fg(colors.text)(text);
      return [shown, fg(colors.text)(" ".repeat(Math.max(0, columns - text.length)))];
    };
    const mark = (name: Switch) => (this.#on[name] ? "[x]" : "[ ]");
    const [first, second, third, fourth] = SWITCHES.map(([name, text]) => `${mark(name)} ${text}`);
    const formats = FORMATS.map((name) => `${name === this.#format ? "(●)" : "( )"} ${name}`);
    this.#form.content = new StyledText([
      ...box(1, first ?? "", COLUMN),
      ...box(2, second ?? ""),
      fg(colors.text)("\n"),
      ...box(3, third ?? "", COLUMN),
      ...box(4, fourth ?? ""),
      fg(colors.textMuted)("\n\nFormat  "),
      ...box(FIELDS - 1, formats.join("  ")),
    ]);
  }
}

/** In the project; a file that is there already stays, and the new one gets a number. */
async function writeNew(ui: Ui, name: string, text: string): Promise<string> {
  const { directory, facts } = ui.store.state;
  const root = facts.path?.directory ?? directory;
  const wanted = isAbsolute(name) ? name : join(root, name);
  const [, stem = wanted, ending = ""] = /^(.*?)(\.[^./]*)?$/s.exec(wanted) ?? [];
  for (let number = 1; number <= ATTEMPTS_MAX; number++) {
    const path = number === 1 ? wanted : `${stem}-${number}${ending}`;
    try {
      await writeFile(path, text, { flag: "wx" });
      return path;
    } catch (error) {
      if (errorCode(error) !== "EEXIST") {
        throw new Error(`${path} could not be written: ${errorMessage(error)}`, { cause: error });
      }
    }
  }
  throw new Error(`${wanted} is there already, and so are ${ATTEMPTS_MAX} others of its name`);
}

async function openInEditor(ui: Ui, path: string): Promise<void> {
  const command = editorCommand(ui.environment.env);
  if (command === undefined) {
    const message = "Neither VISUAL nor EDITOR names an editor";
    return ui.toasts.show({ variant: "warning", message });
  }
  const words = ["/bin/sh", "-c", `${command} "$1"`, "sh", path];
  const stdio = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  await ui.lendTerminal(() => Bun.spawn(words, { ...stdio, env: ui.environment.env }).exited);
}
