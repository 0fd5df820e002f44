// Dialogs as plugins have them: the components that say what a dialog is, and the stack that shows
// one. Each becomes a dialog of this program. What a plugin has drawn itself is shown if it is
// something that the renderer draws; what it says by JSX of its own is not.
import { Renderable } from "@opentui/core";
import { LARGE, MEDIUM, type Dialog, type DialogWidth } from "@/tui/dialogs/dialog";
import { ListDialog } from "@/tui/dialogs/list-dialog";
import type { ListRow } from "@/tui/dialogs/list-rows";
import { TextDialog } from "@/tui/dialogs/text-dialog";
import type { Ui } from "@/tui/ui";
import { oneLine } from "@/tui/views/words";
import { DrawnDialog } from "./drawn-dialog";
import { createElement, isElement, textOf, type ElementKind, type Props } from "./elements";
import { listOf, recordOf } from "./plugin-commands";
import type { PluginLife } from "./plugin-life";

type Size = "medium" | "large" | "xlarge";

const WIDTHS: Readonly<Record<Size, DialogWidth>> = {
  medium: MEDIUM,
  large: LARGE,
  xlarge: { narrow: 76, wide: 120 },
};
const OPTIONS_MAX = 5_000;

export class DialogAPI {
  readonly #ui: Ui;
  readonly #life: PluginLife;
  #size: Size = "medium";
  /** Of the dialog that this plugin has open; changed in place when it wants another size. */
  #width: DialogWidth = { ...MEDIUM };

  constructor(ui: Ui, life: PluginLife) {
    this.#ui = ui;
    this.#life = life;
  }

  /** `api.ui.dialog`. */
  get stack() {
    const { dialogs } = this.#ui;
    const size = () => this.#size;
    return {
      replace: (render: unknown, onClose?: unknown) => this.#replace(render, onClose),
      clear: () => dialogs.closeAll(),
      setSize: (wanted: Size) => this.#setSize(wanted),
      get size() {
        return size();
      },
      get depth() {
        return dialogs.isOpen ? 1 : 0;
      },
      get open() {
        return dialogs.isOpen;
      },
    };
  }

  /** `api.ui.Dialog` and the other components. */
  get components() {
    const kinds = [
      "Dialog",
      "DialogAlert",
      "DialogConfirm",
      "DialogPrompt",
      "DialogSelect",
    ] as const;
    return Object.fromEntries(
      kinds.map((kind) => [kind, (props: unknown) => createElement(kind, props)] as const),
    );
  }

  #setSize(wanted: Size): void {
    if (!Object.hasOwn(WIDTHS, wanted)) return;
    this.#size = wanted;
    Object.assign(this.#width, WIDTHS[wanted]);
    this.#ui.dialogs.place();
  }

  #replace(render: unknown, onClose: unknown): void {
    const given = this.#call("its dialog", render);
    this.#ui.dialogs.closeAll();
    this.#width = { ...WIDTHS[this.#size] };
    const close = () => void this.#call("closing its dialog", onClose);
    const dialog = this.#make(given, close);
    if (dialog) return this.#ui.dialogs.open(dialog);
    close();
    if (given !== undefined && given !== null) {
      this.#life.tell("a dialog of its own is not shown: it is drawn with JSX (Solid)");
    }
  }

  #make(given: unknown, onClose: () => void): Dialog | undefined {
    if (given instanceof Renderable) return this.#drawn("", given, onClose);
    if (!isElement(given)) return undefined;
    const { kind, props } = given;
    const close = () => {
      if (kind === "Dialog") this.#call("closing its dialog", props["onClose"]);
      onClose();
    };
    return this.#makers[kind](props, close);
  }

  get #makers(): Record<ElementKind, (props: Props, close: () => void) => Dialog | undefined> {
    return {
      Dialog: (props, close) => {
        const { size, children } = props;
        if (typeof size === "string") this.#setSize(size as Size);
        return this.#make(children, close);
      },
      DialogAlert: (props, close) => this.#message(props, close, false),
      DialogConfirm: (props, close) => this.#message(props, close, true),
      DialogPrompt: (props, close) => this.#prompt(props, close),
      DialogSelect: (props, close) => this.#select(props, close),
      other: () => undefined,
    };
  }

  #drawn(title: string, body: Renderable, onClose: () => void): Dialog {
    return new DrawnDialog(this.#ui, { title, body, width: this.#width, onClose });
  }

  #message({ title, message, ...props }: Props, close: () => void, asks: boolean): Dialog {
    let isConfirmed = false;
    return new DrawnDialog(this.#ui, {
      title: oneLine(String(title ?? "")),
      body: textOf(message),
      width: this.#width,
      enter: {
        text: asks ? "yes" : "ok",
        run: () => {
          isConfirmed = true;
          this.#ui.dialogs.close();
          this.#call("its answer", props["onConfirm"]);
        },
      },
      onClose: () => {
        if (asks && !isConfirmed) this.#call("its answer", props["onCancel"]);
        close();
      },
    });
  }

  #prompt({ title, placeholder, value, description, ...props }: Props, close: () => void): Dialog {
    let isConfirmed = false;
    return new TextDialog(this.#ui, {
      title: oneLine(String(title ?? "")),
      text: String(this.#call("its description", () => textOf(description)) ?? ""),
      ...(typeof value === "string" && { value }),
      ...(typeof placeholder === "string" && { placeholder }),
      enterText: "ok",
      onSubmit: (text) => {
        isConfirmed = true;
        this.#call("its answer", props["onConfirm"], text);
      },
      onClose: () => {
        if (!isConfirmed) this.#call("its answer", props["onCancel"]);
        close();
      },
    });
  }

  #select(props: Props, onClose: () => void): Dialog {
    const { title, onMove, onFilter, onSelect, skipFilter, current } = props;
    const rows = listOf(props["options"]).slice(0, OPTIONS_MAX).map(toRow);
    const hears = typeof onFilter === "function";
    return new ListDialog<unknown>(this.#ui, {
      title: oneLine(String(title ?? "")),
      width: this.#width,
      rows: () => rows,
      empty: "Nothing to choose.",
      isCurrent: ({ value }) => current !== undefined && recordOf(value)["value"] === current,
      enterText: "choose",
      onSelect: ({ value }) => {
        if (recordOf(value)["disabled"] === true) return;
        this.#call("its choice", recordOf(value)["onSelect"]);
        this.#call("its choice", onSelect, value);
      },
      onMove: (row) => row && this.#call("its choice", onMove, row.value),
      ...(hears &&
        skipFilter === true && {
          onFilter: (text: string) => this.#call("its filter", onFilter, text),
        }),
      onClose,
    });
  }

  /** A function of the plugin with what it is told; nothing where it gave none. */
  #call(what: string, run: unknown, ...told: readonly unknown[]): unknown {
    if (typeof run !== "function") return undefined;
    return this.#life.call(what, (): unknown => run(...told));
  }
}

function toRow(option: unknown, index: number): ListRow<unknown> {
  const { title, description, category, footer, disabled } = recordOf(option);
  const right = textOf(footer);
  return {
    value: option,
    key: String(index),
    label: oneLine(textOf(title)),
    ...(typeof category === "string" && { group: oneLine(category) }),
    ...(typeof description === "string" && { detail: oneLine(description) }),
    ...(right !== "" && { right: oneLine(right) }),
    ...(disabled === true && { labelColor: "textMuted" }),
  };
}
