// What the tests of the session's own parts share: a store in memory with one session in it, its
// records, and everything they tell.
import { IDs } from "@/base/id";
import { Logger } from "@/base/log";
import type { Publish } from "@/schema/event";
import type { MessageWithParts } from "@/schema/message";
import type { Model } from "@/schema/provider";
import { Records } from "@/session/records";
import { openDatabase } from "@/storage/open-database";
import { SessionStore } from "@/storage/session-store";
import { assistantMessage, session, userMessage } from "@test/storage/fixtures";
import { FakeClock } from "@test/support/clock";

export interface Told {
  type: string;
  properties: Record<string, unknown>;
  seq: number | undefined;
}

export async function testRecords() {
  const clock = new FakeClock();
  const log = Logger.silent();
  const database = await openDatabase(":memory:", { clock, log });
  const store = new SessionStore(database);
  const told: Told[] = [];
  const publish: Publish = (type, properties, seq) => void told.push({ type, properties, seq });
  const records = new Records(store, publish, clock);
  store.putSession(session(1));
  return {
    clock,
    log,
    database,
    store,
    told,
    publish,
    records,
    ids: new IDs(clock),
    sessionID: session(1).id,
    [Symbol.dispose]: () => database.close(),
  };
}

export function user(number: number, ...texts: string[]): MessageWithParts {
  const info = userMessage("ses_0001", number);
  const common = { sessionID: info.sessionID, messageID: info.id, type: "text" as const };
  const parts = texts.map((text, index) => ({ ...common, id: `prt_${number}_${index}`, text }));
  return { info, parts };
}

export function assistant(
  number: number,
  parts: MessageWithParts["parts"] = [],
  parent = number - 1,
): MessageWithParts {
  const parentID = `msg_${String(parent).padStart(4, "0")}`;
  return { info: assistantMessage("ses_0001", number, { parentID }), parts };
}

export function model(input: Partial<Record<"image" | "pdf", boolean>> = {}): Model {
  const none = { text: true, audio: false, image: false, video: false, pdf: false };
  return {
    id: "model",
    providerID: "provider",
    name: "Model",
    api: { id: "model", url: "", npm: "@ai-sdk/openai-compatible" },
    capabilities: {
      temperature: true,
      reasoning: false,
      attachment: false,
      toolcall: true,
      input: { ...none, ...input },
      output: none,
      interleaved: false,
    },
    cost: { input: 0, output: 0, cache: { read: 0, write: 0 } },
    limit: { context: 0, output: 0 },
    status: "active",
    options: {},
    headers: {},
    release_date: "",
  };
}
