// One way into a provider: what it asks first, then a key, or a login in the browser.

import { errorMessage } from "@/base/error";
import type { ApiKey, ProviderAuthAuthorization, ProviderAuthMethod } from "@/schema/auth";
import type { Provider } from "@/schema/provider";
import type { Ui } from "@/tui/ui";
import { oneLine } from "@/tui/views/words";
import { attempt } from "./attempt";
import { SMALL } from "./dialog";
import { openLink } from "./link-dialog";
import { ListDialog } from "./list-dialog";
import { TextDialog } from "./text-dialog";

export interface Connecting {
  done: (providerID: string) => void | Promise<void>;
}

type Prompt = NonNullable<ProviderAuthMethod["prompts"]>[number];

interface Way {
  method: ProviderAuthMethod;
  /** Its place among the provider's ways. */
  index: number;
}

export function beginMethod(ui: Ui, provider: Provider, way: Way, connecting: Connecting): void {
  askNext(ui, way.method.prompts ?? [], {}, (inputs) => {
    if (way.method.type === "api") askKey(ui, provider, way, inputs, connecting);
    else void logIn(ui, provider, way, inputs, connecting);
  });
}

/** Asks what is to be known first, one after the other. */
function askNext(
  ui: Ui,
  prompts: readonly Prompt[],
  inputs: Record<string, string>,
  done: (inputs: Record<string, string>) => void,
): void {
  const [prompt, ...rest] = prompts;
  if (prompt === undefined) return done(inputs);
  const answer = (value: string) => askNext(ui, rest, { ...inputs, [prompt.key]: value }, done);
  if (!isAsked(prompt, inputs)) return askNext(ui, rest, inputs, done);
  if (prompt.type === "select") {
    ui.dialogs.open(
      new ListDialog<string>(ui, {
        title: prompt.message,
        width: SMALL,
        hasFilter: false,
        rows: () =>
          prompt.options.map(({ label, value, hint }) => ({ value, label, right: hint ?? "" })),
        empty: "",
        enterText: "go on",
        onSelect: ({ value }) => answer(value),
      }),
    );
    return;
  }
  ui.dialogs.open(
    new TextDialog(ui, {
      title: prompt.message,
      ...(prompt.placeholder !== undefined && { placeholder: prompt.placeholder }),
      enterText: "go on",
      onSubmit: (value) => {
        if (value === "") return "Something has to be written here.";
        answer(value);
        return "";
      },
    }),
  );
}

function isAsked({ when }: Prompt, inputs: Record<string, string>): boolean {
  if (when === undefined) return true;
  return (inputs[when.key] === when.value) === (when.op === "eq");
}

function askKey(
  ui: Ui,
  provider: Provider,
  way: Way,
  inputs: Record<string, string>,
  { done }: Connecting,
): void {
  const [variable] = provider.env;
  const hint = variable === undefined ? "" : ` The variable ${variable} does the same.`;
  const metadata = Object.keys(inputs).length > 0 ? { metadata: inputs } : {};
  /** What was asked about and not accepted is saved when it is entered once more. */
  let doubted: string | undefined;
  ui.dialogs.open(
    new TextDialog(ui, {
      title: `${provider.name}: ${way.method.label}`,
      text: `The key is kept in a file that only you can read.${hint}`,
      placeholder: "paste the key",
      isSecret: true,
      enterText: "save",
      busyText: `Asking ${provider.name} whether it takes the key…`,
      onSubmit: async (key) => {
        if (key === "") return "A key is needed.";
        // A pasted line break or a smart quote would break every request's header.
        if (/[^\x21-\x7e]/.test(key)) return "It holds characters that no key has: paste it again.";
        try {
          if (key !== doubted) {
            const doubt = await doubtOf(ui, provider, { key, ...metadata });
            doubted = key;
            if (doubt !== undefined) return `${doubt} Enter again saves it all the same.`;
          }
          await ui.client.provider.setAuth(provider.id, { type: "api", key, ...metadata });
        } catch (error) {
          return errorMessage(error);
        }
        await done(provider.id);
        return "";
      },
    }),
  );
}

/** Why a key may be of no use, in a sentence; undefined when the provider takes it. */
async function doubtOf(ui: Ui, provider: Provider, key: ApiKey): Promise<string | undefined> {
  const { verdict, message } = await ui.client.provider.check(provider.id, key);
  if (verdict === "accepted") return undefined;
  const words = message === undefined ? "" : `: ${oneLine(message).replace(/\.$/, "")}`;
  return verdict === "refused"
    ? `${provider.name} does not take this key${words}.`
    : `${provider.name} could not be asked about this key${words}.`;
}

async function logIn(
  ui: Ui,
  provider: Provider,
  { index }: Way,
  inputs: Record<string, string>,
  { done }: Connecting,
): Promise<void> {
  const { client } = ui;
  const given = Object.keys(inputs).length > 0 ? { inputs } : {};
  const begun = await attempt(ui, () =>
    client.provider.authorize(provider.id, { method: index, ...given }),
  );
  if (begun === undefined || begun === null) return;
  const finish = (code?: string) =>
    client.provider.finish(provider.id, { method: index, ...(code !== undefined && { code }) });
  if (begun.method === "code") return askCode(ui, provider, begun, { finish, done });
  let isOpen = true;
  openLink(ui, {
    title: `Log in to ${provider.name}`,
    url: begun.url,
    text: begun.instructions,
    waiting: "waiting for the login…",
    onClose: () => void (isOpen = false),
  });
  const isDone = await attempt(ui, () => finish());
  if (isOpen && isDone === true) await done(provider.id);
}

function askCode(
  ui: Ui,
  provider: Provider,
  begun: ProviderAuthAuthorization,
  { finish, done }: Connecting & { finish: (code: string) => Promise<boolean> },
): void {
  ui.dialogs.open(
    new TextDialog(ui, {
      title: `Log in to ${provider.name}`,
      text: `${begun.instructions}\n${begun.url}`,
      placeholder: "paste the code",
      enterText: "go on",
      keys: [
        {
          stroke: "alt+c",
          label: { label: "alt+c", text: "copy the address" },
          run: () => void ui.clipboard.write(begun.url),
        },
      ],
      onSubmit: async (code) => {
        if (code === "") return "The code is needed.";
        try {
          await finish(code);
        } catch (error) {
          return errorMessage(error);
        }
        await done(provider.id);
        return "";
      },
    }),
  );
}
