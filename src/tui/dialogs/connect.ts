// Connecting providers: what this machine has already, those that people use most, and all others.
// Each leads to the way in that its provider has: a key, a login, or an address.

import type { ProviderAuthMethod } from "@/schema/auth";
import type { FoundProvider, Provider, ProviderList } from "@/schema/provider";
import { isLocal, localWords } from "@/tui/store/found";
import type { Ui } from "@/tui/ui";
import { attempt } from "./attempt";
import { chooseFound, chooseModel } from "./choices";
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
  | { type: "found"; found: FoundProvider }
  | { type: "provider"; provider: Provider; isConnected: boolean }
  | { type: "address" };

interface Known {
  found: readonly FoundProvider[];
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
  const { all, found, methods } = ui.client.provider;
  const [list, here, ways] = await Promise.all([all(), found(), methods()]);
  return { list, found: here, methods: ways };
}

function connectRows({ found, list, methods }: Known): ListRow<Choice>[] {
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
    ...found.map(foundRow),
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

function foundRow(found: FoundProvider): ListRow<Choice> {
  const { provider, variable } = found;
  const { host, count } = localWords(found);
  return {
    value: { type: "found", found },
    key: `found ${provider.id}`,
    group: "Found on this machine",
    mark: " ",
    label: variable ?? `${provider.name} on ${host}`,
    right: variable === undefined ? count : "in environment",
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
  if (choice.type === "found") {
    ui.dialogs.closeAll();
    return chooseFound(ui, choice.found);
  }
  const { provider } = choice;
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
