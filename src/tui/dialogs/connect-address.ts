// A server of the person's own that speaks OpenAI's protocol: its address, a key if it wants one,
// and the models it says it has. It is asked before anything is kept.

import { errorMessage } from "@/base/error";
import { isValid, t } from "@/base/schema";
import type { Ui } from "@/tui/ui";
import type { Connecting } from "./connect-method";
import { TextDialog } from "./text-dialog";

const ANSWER_TIMEOUT_MS = 5_000;
const MODELS_MAX = 200;
const ANSWER_MAX_BYTES = 1024 * 1024;
const PACKAGE = "@ai-sdk/openai-compatible";

const Answer = t.Object({ data: t.Array(t.Object({ id: t.String() })) });

export function openAddress(ui: Ui, connecting: Connecting): void {
  ui.dialogs.open(
    new TextDialog(ui, {
      title: "Any OpenAI-compatible address",
      text: "Up to and with its version, such as http://localhost:8080/v1",
      placeholder: "https://",
      enterText: "go on",
      onSubmit: (address) => {
        const url = readAddress(address);
        if (url === undefined) return "That is no address: it begins with http:// or https://";
        askKey(ui, url, connecting);
        return "";
      },
    }),
  );
}

function readAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  // A name and a password would be kept and sent in the open.
  if (!isWeb || url.username !== "" || url.password !== "") return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function askKey(ui: Ui, url: string, { done }: Connecting): void {
  ui.dialogs.open(
    new TextDialog(ui, {
      title: `Key for ${new URL(url).host}`,
      text: "Nothing if it wants none. It is kept in a file that only you can read.",
      placeholder: "paste the key",
      isSecret: true,
      enterText: "connect",
      onSubmit: async (key) => {
        try {
          const models = await listModels(url, key);
          const id = idOf(url);
          await keep(ui, { id, url, key, models });
          await done(id);
        } catch (error) {
          return errorMessage(error);
        }
        return "";
      },
    }),
  );
}

async function listModels(url: string, key: string): Promise<string[]> {
  const headers = new Headers(key === "" ? {} : { authorization: `Bearer ${key}` });
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const response = await fetch(`${url}/models`, { headers, signal, redirect: "error" });
  if (!response.ok) throw new Error(`${url}/models was answered with ${response.status}`);
  const text = await response.text();
  if (text.length > ANSWER_MAX_BYTES) throw new Error(`${url}/models answered too much`);
  const value: unknown = JSON.parse(text);
  if (!isValid(Answer, value)) throw new Error(`${url}/models did not answer a list of models`);
  const ids = value.data.map(({ id }) => id).slice(0, MODELS_MAX);
  if (ids.length === 0) throw new Error(`${url} offers no model`);
  return ids;
}

interface Kept {
  id: string;
  url: string;
  key: string;
  models: readonly string[];
}

async function keep(ui: Ui, { id, url, key, models }: Kept): Promise<void> {
  const { client } = ui;
  const provider = {
    npm: PACKAGE,
    name: new URL(url).host,
    options: { baseURL: url },
    models: Object.fromEntries(models.map((model) => [model, { name: model }])),
  };
  if (key !== "") await client.provider.setAuth(id, { type: "api", key });
  await client.config.updateGlobal({ provider: { [id]: provider } });
}

/** `localhost-8080`. */
function idOf(url: string): string {
  return new URL(url).host.replace(/[^a-z0-9]+/gi, "-").toLowerCase();
}
