// Which keys a person has chosen, and choosing others while the program runs: they count at once,
// and are kept where settings are.

import type { Keybind, Keybinds } from "@/schema/tui-config";
import { createBindings } from "./bindings";
import type { Keymap } from "./keymap";

/** Keeps a setting of tui.json; undefined takes it out. Answers the file. */
export type SaveSetting = (path: readonly string[], value: unknown) => Promise<string>;

export class KeyChoices {
  readonly #keymap: Keymap;
  readonly #save: SaveSetting | undefined;
  #keybinds: Keybinds;

  constructor(keymap: Keymap, keybinds: Keybinds, save: SaveSetting | undefined) {
    this.#keymap = keymap;
    this.#keybinds = keybinds;
    this.#save = save;
  }

  /**
   * Binds a name to keys as a person writes them; undefined to its default again. Throws AppError
   * invalid, and changes nothing, when they are no keys.
   */
  async bind(name: string, keys: Keybind | undefined): Promise<void> {
    const { [name]: _, ...rest } = this.#keybinds;
    const keybinds = keys === undefined ? rest : { ...rest, [name]: keys };
    const bindings = createBindings(keybinds);
    this.#keybinds = keybinds;
    this.#keymap.rebind(bindings);
    await this.#save?.(["keybinds", name], keys);
  }
}
