// Waiting for a model: what is submitted while there is none stays in the box, and is sent when
// there is one, unless it has become another text meanwhile.
import { lacksModel } from "@/tui/store/present";
import type { Ui } from "@/tui/ui";
import { draftText } from "./draft";
import type { Written } from "./written";

export interface ModelWaitOptions {
  written(): Written;
  submit(): void;
  notice(text: string): void;
}

export class ModelWait {
  readonly #ui: Ui;
  readonly #options: ModelWaitOptions;
  readonly #stop: () => void;
  #waiting: string | undefined;

  constructor(ui: Ui, options: ModelWaitOptions) {
    this.#ui = ui;
    this.#options = options;
    this.#stop = ui.store.subscribe(() => this.#look());
  }

  close(): void {
    this.#stop();
  }

  /** Whether what is written has to wait, in which case the person is shown how to get a model. */
  begin(): boolean {
    if (!lacksModel(this.#ui.store.state)) return false;
    this.#waiting = this.#text;
    this.#options.notice("It is sent as soon as a model is connected");
    this.#ui.actions.run("provider.connect");
    return true;
  }

  get #text(): string {
    return draftText(this.#options.written().draft);
  }

  #look(): void {
    if (this.#waiting === undefined || lacksModel(this.#ui.store.state)) return;
    const isSame = this.#waiting === this.#text;
    this.#waiting = undefined;
    if (isSame) this.#options.submit();
  }
}
