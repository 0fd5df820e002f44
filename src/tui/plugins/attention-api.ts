// Calling for attention as plugins do it: by the person's settings, and only where the person looks
// or does not look, as the plugin wants it. Packs of sounds are theirs: the program's own is the
// bell, or what the settings name.
import { CliRenderEvents } from "@opentui/core";
import { give } from "@/tui/attention";
import type { Ui } from "@/tui/ui";
import { oneLine } from "@/tui/views/words";
import { recordOf } from "./plugin-commands";
import type { PluginLife } from "./plugin-life";

const OWN_PACK = "opencode.default";
const PACKS_MAX = 50;

interface Pack {
  name?: string;
  sounds: Readonly<Record<string, unknown>>;
}

/** `api.attention`. */
export function attentionAPI(ui: Ui, life: PluginLife, looks: Looks) {
  const board = new Soundboard(life);
  const isWanted = (when: unknown) => {
    if (when === "always") return true;
    return looks.isFocused === undefined || looks.isFocused === (when === "focused");
  };
  return {
    soundboard: board,
    notify: async (input: unknown) => {
      const { title, message, notification, sound } = recordOf(input);
      const { attention } = ui.settings;
      const skipped = (reason: string) => {
        return { ok: false, notification: false, sound: false, skipped: reason };
      };
      if (attention.enabled !== true) return skipped("attention_disabled");
      if (typeof message !== "string" || message.trim() === "") return skipped("empty_message");
      const wish = recordOf(sound);
      const notifies =
        notification !== false &&
        attention.notifications !== false &&
        isWanted(recordOf(notification)["when"] ?? "blurred");
      const sounds =
        sound !== false && attention.sound !== false && isWanted(wish["when"] ?? "always");
      const done = give(ui, {
        title: oneLine(typeof title === "string" ? title : "opencode"),
        message: oneLine(message),
        notifies,
        sound: sounds && board.find(typeof wish["name"] === "string" ? wish["name"] : "default"),
        ...(typeof wish["volume"] === "number" && { volume: wish["volume"] }),
      });
      const isDone = done.notification || done.sound;
      const why = looks.isFocused === false ? "blurred" : "focused";
      return { ok: isDone, ...done, ...(!isDone && { skipped: why }) };
    },
  };
}

/** Where the person looks. */
export interface Looks {
  /** Undefined until the terminal has said whether it has the focus. */
  isFocused: boolean | undefined;
}

/** Follows the terminal's focus until the returned function is called. */
export function followFocus({ renderer }: Ui): { looks: Looks; leave: () => void } {
  const looks: Looks = { isFocused: undefined };
  const focus = () => void (looks.isFocused = true);
  const blur = () => void (looks.isFocused = false);
  renderer.on(CliRenderEvents.FOCUS, focus);
  renderer.on(CliRenderEvents.BLUR, blur);
  const leave = () => {
    renderer.off(CliRenderEvents.FOCUS, focus);
    renderer.off(CliRenderEvents.BLUR, blur);
  };
  return { looks, leave };
}

class Soundboard {
  readonly #life: PluginLife;
  readonly #packs = new Map<string, Pack>();
  #active = OWN_PACK;

  constructor(life: PluginLife) {
    this.#life = life;
  }

  registerPack(given: unknown): () => void {
    const { id, name, sounds } = recordOf(given);
    if (typeof id !== "string" || id === OWN_PACK || this.#packs.size >= PACKS_MAX) {
      this.#life.tell("a pack of sounds is left out: its id is missing, or not its own");
      return () => undefined;
    }
    this.#packs.set(id, {
      ...(typeof name === "string" && { name }),
      sounds: recordOf(sounds),
    });
    return this.#life.keep(() => {
      this.#packs.delete(id);
      if (this.#active === id) this.#active = OWN_PACK;
    });
  }

  activate(id: string): boolean {
    if (id !== OWN_PACK && !this.#packs.has(id)) return false;
    this.#active = id;
    return true;
  }

  current(): string {
    return this.#active;
  }

  list() {
    const packs = [...this.#packs].map(([id, { name }]) => {
      return {
        id,
        ...(name !== undefined && { name }),
        active: id === this.#active,
        builtin: false,
      };
    });
    return [{ id: OWN_PACK, active: this.#active === OWN_PACK, builtin: true }, ...packs];
  }

  /** The file of the active pack, or the name, which the settings know. */
  find(name: string): string {
    const { sounds = {} } = this.#packs.get(this.#active) ?? {};
    const file = Object.hasOwn(sounds, name) ? sounds[name] : undefined;
    return typeof file === "string" ? file : name;
  }
}
