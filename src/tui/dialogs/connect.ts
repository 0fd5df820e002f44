// Connecting providers: what this machine has already, those that people use most, and all others.
// Each leads to the way in that its provider has: a key, a login, or an address.

import type { ProviderAuthMethod } from "@/schema/auth";
import type { Provider, ProviderList } from "@/schema/provider";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { chooseModel } from "./choices";
import { openAddress } from "./connect-address";
import { beginMethod, type Connecting } from "./connect-method";
import { MEDIUM, SMALL } from "./dialog";
import { ListDialog } from "./list-dialog";
import type { ListRow } from "./list-rows";
import { openModels } from "./models";

const POPULAR: readonly string[] = [
  "anthropic",
  "openai",
  "github-copilot",
  "google",
  "openrouter",
  "vercel",
  "deepseek",
  "mistral",
  "xai",
  "groq",
];
const METHOD_WORDS: Readonly<Record<ProviderAuthMethod["type"], string>> = {
  api: "API key",
  oauth: "login",
};

/** What a row stands for: a provider that can be used at once, one to connect, or an address. */
type Choice =
  | { type: "found"; provider: Provider; modelID: string | undefined }
  | { type: "provider"; provider: Provider; isConnected: boolean }
  | { type: "address" };

interface Known {
  list: ProviderList;
  methods: Record<string, ProviderAuthMethod[]>;
}

export function openConnect(ui: Ui): void {
  let known: Known | undefined;
  const dialog: ListDialog<Choice> = new ListDialog<Choice>(ui, {
    title: "Connect a provider",
    width: MEDIUM,
    rows: () => (known === undefined ? [] : connectRows(known)),
    empty: "Asking the server…",
    enterText: "connect",
    onSelect: ({ value }) => known !== undefined && choose(ui, value, known),
    keys: [
      {
        stroke: "ctrl+d",
        text: "disconnect",
        run: (row) => {
          const { value } = row ?? {};
          if (value?.type !== "provider" || !value.isConnected) return;
          void attempt(ui, async () => {
            await ui.client.provider.removeAuth(value.provider.id);
            known = await load(ui);
            await refreshProviders(ui);
            dialog.refresh();
          });
        },
      },
    ],
  });
  ui.dialogs.open(dialog);
  void attempt(ui, async () => {
    known = await load(ui);
    dialog.refresh();
  });
}

async function load(ui: Ui): Promise<Known> {
  const [list, methods] = await Promise.all([
    ui.client.provider.all(),
    ui.client.provider.methods(),
  ]);
  return { list, methods };
}

function connectRows({ list, methods }: Known): ListRow<Choice>[] {
  const connected = list.all.filter(({ id }) => list.connected.includes(id));
  const found = connected.filter((provider) => isLocal(provider) || provider.source === "env");
  const others = list.all.filter((provider) => !isLocal(provider));
  const rank = ({ id }: Provider) => POPULAR.indexOf(id);
  const popular = others
    .filter((provider) => rank(provider) >= 0)
    .toSorted((a, b) => rank(a) - rank(b));
  const rest = others
    .filter((provider) => rank(provider) < 0)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const row = (provider: Provider, group: string) => providerRow(provider, group, list, methods);
  return [
    ...found.map((provider) => foundRow(provider, list.default[provider.id])),
    ...popular.map((provider) => row(provider, "Popular")),
    {
      value: { type: "address" },
      label: "Any OpenAI-compatible address",
      group: "Popular",
      mark: " ",
      right: "URL",
      search: "custom url local",
    },
    ...rest.map((provider) => row(provider, "All")),
  ];
}

function foundRow(provider: Provider, modelID: string | undefined): ListRow<Choice> {
  const models = Object.values(provider.models);
  const address = models[0]?.api.url ?? "";
  const isOnMachine = isLocal(provider);
  const count = `${models.length} ${models.length === 1 ? "model" : "models"}`;
  return {
    value: { type: "found", provider, modelID },
    key: `found ${provider.id}`,
    group: "Found on this machine",
    mark: " ",
    label: isOnMachine
      ? `${provider.name} on ${hostOf(address)}`
      : (provider.env[0] ?? provider.name),
    right: isOnMachine ? count : "in environment",
    search: `${provider.name} ${provider.id}`,
  };
}

function providerRow(
  provider: Provider,
  group: string,
  list: ProviderList,
  methods: Known["methods"],
): ListRow<Choice> {
  const isConnected = list.connected.includes(provider.id);
  const ways = methods[provider.id] ?? [];
  const words = [...new Set(ways.map(({ type }) => METHOD_WORDS[type]))].toSorted().toReversed();
  return {
    value: { type: "provider", provider, isConnected },
    key: provider.id,
    group,
    mark: isConnected ? "✓" : " ",
    markColor: "success",
    label: provider.name,
    right: words.join(" or ") || METHOD_WORDS.api,
    search: provider.id,
  };
}

function choose(ui: Ui, choice: Choice, { methods }: Known): void {
  if (choice.type === "address") return openAddress(ui, connecting(ui));
  const { provider } = choice;
  if (choice.type === "found") {
    ui.dialogs.closeAll();
    const { modelID } = choice;
    if (modelID !== undefined) chooseModel(ui, { providerID: provider.id, modelID });
    return;
  }
  const ways = methods[provider.id] ?? [];
  const only: ProviderAuthMethod = ways[0] ?? { type: "api", label: "API key" };
  if (ways.length < 2) return beginMethod(ui, provider, { method: only, index: 0 }, connecting(ui));
  ui.dialogs.open(
    new ListDialog<number>(ui, {
      title: `Connect ${provider.name}`,
      width: SMALL,
      hasFilter: false,
      rows: () => ways.map(({ label }, index) => ({ value: index, label })),
      empty: "",
      enterText: "go on",
      onSelect: ({ value: index }) => {
        const method = ways[index];
        if (method !== undefined) beginMethod(ui, provider, { method, index }, connecting(ui));
      },
    }),
  );
}

/** What happens when it is done: its models are there to be chosen. */
function connecting(ui: Ui): Connecting {
  return {
    done: async (providerID) => {
      ui.dialogs.closeAll();
      await refreshProviders(ui);
      const { providers } = ui.store.state.facts;
      const name = providers?.providers.find(({ id }) => id === providerID)?.name;
      if (name === undefined) {
        const message = `${providerID} was stored, and the server offers no model of it`;
        return ui.toasts.show({ variant: "warning", message });
      }
      ui.toasts.show({ variant: "success", message: `${name} is connected` });
      const modelID = providers?.default[providerID];
      if (ui.store.state.choice.model === undefined && modelID !== undefined) {
        return chooseModel(ui, { providerID, modelID });
      }
      openModels(ui);
    },
  };
}

async function refreshProviders(ui: Ui): Promise<void> {
  const providers = await attempt(ui, () => ui.client.provider.connected());
  if (providers !== undefined) ui.store.dispatch({ type: "facts.loaded", facts: { providers } });
}

function isLocal({ models }: Provider): boolean {
  const [first] = Object.values(models);
  return first !== undefined && /^https?:\/\/(127\.|localhost|\[::1\])/.test(first.api.url);
}

/** `localhost:11434`. */
function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host.replace("127.0.0.1", "localhost") : address;
}
