// What a plugin of the terminal UI is started with, by the published names. A table of contents:
// each part is a file of its own.
import type { Ui } from "@/tui/ui";
import { attentionAPI, type Looks } from "./attention-api";
import { DialogAPI } from "./dialog-api";
import type { Drawings } from "./drawings";
import { createElement } from "./elements";
import { createBindingLookup, formatBindings, formatParts } from "./key-parts";
import { KeymapAPI } from "./keymap-api";
import { recordOf } from "./plugin-commands";
import type { PluginKV } from "./plugin-kv";
import type { PluginLife } from "./plugin-life";
import type { LoadedPlugin, PluginHost, Plugins } from "./plugin-types";
import { clientAPI, EventAPI, kvAPI, routeAPI, stateAPI } from "./state-api";
import { themeAPI } from "./theme-api";

export interface PluginParts {
  ui: Ui;
  host: PluginHost;
  plugins: Plugins;
  drawings: Drawings;
  kv: PluginKV;
  looks: Looks;
}

/** The object itself, and what its plugin is told events by. */
export interface PluginAPI {
  api: object;
  events: EventAPI;
}

export async function createPluginAPI(
  { ui, host, plugins, drawings, kv, looks }: PluginParts,
  plugin: LoadedPlugin,
  life: PluginLife,
): Promise<PluginAPI> {
  const dialogs = new DialogAPI(ui, life);
  const keys = new KeymapAPI(ui, life);
  const events = new EventAPI(life);
  const theme = themeAPI(ui, plugin.target);
  const api = {
    app: { version: ui.environment.version },
    attention: attentionAPI(ui, life, looks),
    command: keys.command(dialogs.stack),
    keys: { formatSequence: formatParts, formatBindings },
    keymap: keys.keymap,
    mode: keys.mode,
    route: routeAPI(ui, (routes) => drawings.addRoutes(life, routes)),
    ui: {
      ...dialogs.components,
      dialog: dialogs.stack,
      toast: (toast: unknown) => showToast(ui, toast),
      Slot: () => createElement("other", {}),
      Prompt: () => createElement("other", {}),
    },
    tuiConfig: configView(ui, host),
    kv: kvAPI(kv),
    state: stateAPI(ui),
    theme,
    client: await clientAPI(ui, host),
    event: { on: (type: unknown, hear: unknown) => events.on(type, hear) },
    renderer: ui.renderer,
    slots: drawings.slotsAPI(life, { theme }),
    plugins: pluginsAPI(plugins),
    lifecycle: {
      signal: life.signal,
      onDispose: (end: () => unknown) => life.onEnd(end),
    },
  };
  return { api, events };
}

const VARIANTS = ["info", "success", "warning", "error"] as const;

function showToast({ toasts }: Ui, given: unknown): void {
  const { title, message, variant, duration } = recordOf(given);
  toasts.show({
    message: String(message ?? ""),
    variant: VARIANTS.find((one) => one === variant) ?? "info",
    ...(typeof title === "string" && { title }),
    ...(typeof duration === "number" && duration > 0 && { duration }),
  });
}

/** `api.tuiConfig`: tui.json as it is understood, keys by the ids of their actions. */
function configView({ settings, actions, keymap }: Ui, { config }: PluginHost): object {
  const keys = actions.specs.map(({ id }) => {
    return [id, keymap.sequences(id).map((strokes) => strokes.join(" "))] as const;
  });
  const { attention } = settings;
  return Object.freeze({
    ...structuredClone(config),
    leader_timeout: settings.leaderTimeoutMs,
    attention: {
      enabled: attention.enabled ?? false,
      notifications: attention.notifications ?? true,
      sound: attention.sound ?? true,
      volume: attention.volume ?? 0.4,
      sound_pack: attention.sound_pack ?? "opencode.default",
      sounds: { ...attention.sounds },
    },
    keybinds: createBindingLookup(Object.fromEntries(keys)),
  });
}

function pluginsAPI(plugins: Plugins) {
  return {
    list: () => plugins.list().map(({ fault: _, ...status }) => status),
    activate: (id: string) => plugins.setEnabled(id, true),
    deactivate: (id: string) => plugins.setEnabled(id, false),
    add: (spec: string) => plugins.add(String(spec)),
    install: async (spec: string, where?: { global?: boolean }) => {
      try {
        const installed = await plugins.install(String(spec), { global: where?.global === true });
        return { ok: true, dir: installed.directory, tui: installed.tui !== undefined };
      } catch (error) {
        return { ok: false, message: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
