// Asking and answering: who waits, who is told what, and what is kept. On a real database.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { AppError } from "@/base/error";
import { IDs } from "@/base/id";
import { Logger } from "@/base/log";
import { Permissions, type PermissionAsk } from "@/permission/permissions";
import { rulesFromConfig } from "@/permission/rules";
import type { Publish } from "@/schema/event";
import type { PermissionRequest } from "@/schema/permission";
import { openDatabase } from "@/storage/open-database";
import { ProjectStore } from "@/storage/project-store";
import { FakeClock } from "@test/support/clock";
import { tempDirectory } from "@test/support/temp";

interface Told {
  type: string;
  properties: Record<string, unknown>;
}

/** One process: a Permissions on the database at `path`, and what it told. */
async function open(path = ":memory:") {
  const log = Logger.silent();
  const clock = new FakeClock();
  const database = await openDatabase(path, { log, clock });
  const store = new ProjectStore(database);
  const told: Told[] = [];
  const heard = { asked: (_: PermissionRequest) => {} };
  const publish: Publish = (type, properties) => {
    told.push({ type, properties });
    if (type === "permission.asked") heard.asked(properties as PermissionRequest);
  };
  const ids = new IDs(clock);
  const permissions = new Permissions({ ids, publish, store, projectID: "p1", log });
  const close = () => database.close();
  return { permissions, store, told, heard, publish, ids, [Symbol.dispose]: close };
}

const signal = new AbortController().signal;

function bash(command: string, changes: Partial<PermissionAsk> = {}): PermissionAsk {
  return {
    sessionID: "ses_1",
    permission: "bash",
    patterns: [command],
    always: [`${command.split(" ")[0]} *`],
    metadata: { command },
    rules: [],
    ...changes,
  };
}

/** The error an ask ended with. */
async function failure(asked: Promise<unknown>): Promise<AppError> {
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`no AppError but ${String(error)}`);
  return error;
}

function only(requests: PermissionRequest[]): PermissionRequest {
  expect(requests).toHaveLength(1);
  const [request] = requests;
  if (request === undefined) throw new Error("nothing waits");
  return request;
}

const replied = (id: string, reply: string, sessionID = "ses_1") => ({
  type: "permission.replied",
  properties: { sessionID, requestID: id, reply },
});

describe("rules decide first", () => {
  test("all patterns allowed: returns, nobody is asked", async () => {
    using p = await open();
    const rules = rulesFromConfig({ bash: { "ls *": "allow", "pwd *": "allow" } }, "/h");
    await p.permissions.ask(bash("ls", { patterns: ["ls", "pwd"], rules }), signal);
    expect(p.told).toEqual([]);
  });

  test("one of several patterns denied: refused at once, naming the rule", async () => {
    using p = await open();
    const rules = rulesFromConfig({ bash: { "*": "allow", "rm *": "deny" } }, "/h");
    const asked = p.permissions.ask(bash("ls", { patterns: ["ls", "rm x"], rules }), signal);
    const error = await failure(asked);
    expect(error).toMatchObject({ kind: "denied", name: "PermissionDenied" });
    expect(error.data).toEqual({
      rules: [{ permission: "bash", pattern: "rm *", action: "deny" }],
    });
    expect(error.message).toContain('bash "rm *" deny');
    expect(p.told).toEqual([]);
  });

  test("one of several patterns not allowed: asks for all of them", async () => {
    using p = await open();
    const rules = rulesFromConfig({ bash: { "ls *": "allow" } }, "/h");
    const tool = { messageID: "msg_1", callID: "call_1" };
    const asked = p.permissions.ask(
      bash("ls", { patterns: ["ls", "make"], always: ["make *"], rules, tool }),
      signal,
    );
    const request = only(p.permissions.list());
    expect(request.id).toStartWith("per_");
    expect(p.told).toEqual([
      {
        type: "permission.asked",
        properties: {
          id: request.id,
          sessionID: "ses_1",
          permission: "bash",
          patterns: ["ls", "make"],
          metadata: { command: "ls" },
          always: ["make *"],
          tool,
        },
      },
    ]);
    p.permissions.reply(request.id, "once");
    await asked;
  });

  test("no patterns stand for everything, and are not allowed for want of one", async () => {
    using p = await open();
    const rules = rulesFromConfig({ bash: { "git *": "allow" } }, "/h");
    const asked = p.permissions.ask(bash("", { patterns: [], rules }), signal);
    p.permissions.reply(only(p.permissions.list()).id, "once");
    await asked;
    const open2 = rulesFromConfig({ bash: "allow" }, "/h");
    await p.permissions.ask(bash("", { patterns: [], rules: open2 }), signal);
  });
});

describe("policy", () => {
  test("reject: refused at once, with how to allow it", async () => {
    using p = await open();
    p.permissions.policy = "reject";
    const error = await failure(p.permissions.ask(bash("make all"), signal));
    expect(error).toMatchObject({ kind: "denied", name: "PermissionDenied" });
    expect(error.data["policy"]).toBe("reject");
    expect(error.message).toContain("--auto");
    expect(error.message).toContain('{"bash":{"make all":"allow"}}');
    expect(p.told).toEqual([]);
  });

  test("allow: let through, but never what a rule denies", async () => {
    using p = await open();
    p.permissions.policy = "allow";
    await p.permissions.ask(bash("make"), signal);
    const rules = rulesFromConfig({ bash: "deny" }, "/h");
    const error = await failure(p.permissions.ask(bash("make", { rules }), signal));
    expect(error.name).toBe("PermissionDenied");
    expect(p.told).toEqual([]);
  });
});

describe("replies", () => {
  test("once: this call, not the next", async () => {
    using p = await open();
    const first = p.permissions.ask(bash("make"), signal);
    const { id } = only(p.permissions.list());
    p.permissions.reply(id, "once");
    await first;
    expect(p.told.at(-1)).toEqual(replied(id, "once"));
    expect(p.permissions.list()).toEqual([]);
    const second = p.permissions.ask(bash("make"), signal);
    p.permissions.reply(only(p.permissions.list()).id, "once");
    await second;
    expect(p.store.listSavedRules("p1")).toEqual([]);
  });

  test("the first answer wins; the second is told so; an unknown id is not found", async () => {
    using p = await open();
    const asked = p.permissions.ask(bash("make"), signal);
    const { id } = only(p.permissions.list());
    p.permissions.reply(id, "once");
    for (const late of ["once", "always", "reject"] as const) {
      expect(() => p.permissions.reply(id, late)).toThrow(
        expect.objectContaining({ kind: "conflict" }),
      );
    }
    await asked;
    expect(() => p.permissions.reply("per_none", "once")).toThrow(
      expect.objectContaining({ kind: "not-found" }),
    );
    expect(p.told.filter(({ type }) => type === "permission.replied")).toEqual([
      replied(id, "once"),
    ]);
    expect(p.store.listSavedRules("p1")).toEqual([]);
  });

  test("a listener may answer while it is told of the question", async () => {
    using p = await open();
    p.heard.asked = ({ id }) => p.permissions.reply(id, "once");
    await p.permissions.ask(bash("make"), signal);
    expect(p.told.map(({ type }) => type)).toEqual(["permission.asked", "permission.replied"]);
    expect(p.permissions.list()).toEqual([]);
  });

  test("a listener that answers again while it is told of the answer gets a conflict", async () => {
    using p = await open();
    const asked = p.permissions.ask(bash("make"), signal);
    const { id } = only(p.permissions.list());
    let second: unknown;
    const { push } = p.told;
    p.told.push = (...events) => {
      try {
        p.permissions.reply(id, "reject");
      } catch (error) {
        second = error;
      }
      return push.apply(p.told, events);
    };
    p.permissions.reply(id, "once");
    await asked;
    expect(second).toMatchObject({ kind: "conflict" });
  });

  test("reject: this ask and the others of its session, not those of another", async () => {
    using p = await open();
    const first = failure(p.permissions.ask(bash("make"), signal));
    const sibling = failure(p.permissions.ask(bash("curl x"), signal));
    const other = p.permissions.ask(bash("npm t", { sessionID: "ses_2" }), signal);
    const [a, b, c] = p.permissions.list();
    p.permissions.reply(a?.id ?? "", "reject");
    const errors = await Promise.all([first, sibling]);
    for (const error of errors) {
      expect(error).toMatchObject({ kind: "denied", name: "PermissionRejected", data: {} });
      expect(error.message).toBe("The user rejected permission to use this specific tool call.");
    }
    expect(p.permissions.list().map(({ id }) => id)).toEqual([c?.id ?? ""]);
    expect(p.told.slice(3)).toEqual([
      replied(a?.id ?? "", "reject"),
      replied(b?.id ?? "", "reject"),
    ]);
    p.permissions.reply(c?.id ?? "", "once");
    await other;
  });

  test("reject with a message: the feedback is in the text, also of the siblings", async () => {
    using p = await open();
    const first = failure(p.permissions.ask(bash("make"), signal));
    const sibling = failure(p.permissions.ask(bash("curl x"), signal));
    const [, b] = p.permissions.list();
    p.permissions.reply(b?.id ?? "", "reject", { message: "  use ninja " });
    for (const error of await Promise.all([first, sibling])) {
      expect(error.data).toEqual({ feedback: "use ninja" });
      expect(error.message).toBe(
        "The user rejected permission to use this specific tool call " +
          "with the following feedback: use ninja",
      );
    }
  });

  test("a blank message is a plain rejection; an endless one is refused", async () => {
    using p = await open();
    const asked = failure(p.permissions.ask(bash("make"), signal));
    const { id } = only(p.permissions.list());
    expect(() => p.permissions.reply(id, "reject", { message: "x".repeat(1_000_000) })).toThrow(
      expect.objectContaining({ kind: "invalid" }),
    );
    p.permissions.reply(id, "reject", { message: " \n" });
    expect((await asked).data).toEqual({});
  });
});

describe("always", () => {
  test("is kept, and later calls that it covers are not asked", async () => {
    using p = await open();
    const asked = p.permissions.ask(bash("git status", { always: ["git status *"] }), signal);
    const { id } = only(p.permissions.list());
    p.permissions.reply(id, "always");
    await asked;
    expect(p.told.at(-1)).toEqual(replied(id, "always"));
    await p.permissions.ask(bash("git status --short"), signal);
    const push = p.permissions.ask(bash("git push"), signal);
    p.permissions.reply(only(p.permissions.list()).id, "once");
    await push;
  });

  test("keeps the patterns that the person names, in the place of those proposed", async () => {
    using p = await open();
    const asked = p.permissions.ask(bash("git log -3", { always: ["git log *"] }), signal);
    const { id } = only(p.permissions.list());
    p.permissions.reply(id, "always", { always: ["git log -3"] });
    await asked;
    await p.permissions.ask(bash("git log -3"), signal);
    const other = p.permissions.ask(bash("git log -4"), signal);
    p.permissions.reply(only(p.permissions.list()).id, "once");
    await other;
  });

  test("answers every other ask that it satisfies, of any session, and no other", async () => {
    using p = await open();
    const always = ["git *"];
    const first = p.permissions.ask(bash("git log", { always }), signal);
    const same = p.permissions.ask(bash("git diff", { always }), signal);
    const elsewhere = p.permissions.ask(bash("git fetch", { sessionID: "ses_2" }), signal);
    const partly = p.permissions.ask(bash("git x", { patterns: ["git x", "make"] }), signal);
    const other = p.permissions.ask(bash("git x", { permission: "webfetch" }), signal);
    const [a, b, c, d, e] = p.permissions.list().map(({ id }) => id);
    p.permissions.reply(a ?? "", "always");
    await Promise.all([first, same, elsewhere]);
    expect(p.permissions.list().map(({ id }) => id)).toEqual([d ?? "", e ?? ""]);
    expect(p.told.slice(5)).toEqual([
      replied(a ?? "", "always"),
      replied(b ?? "", "always"),
      replied(c ?? "", "always", "ses_2"),
    ]);
    p.permissions.reply(d ?? "", "once");
    p.permissions.reply(e ?? "", "once");
    await Promise.all([partly, other]);
  });

  test("lifts an ask of the rules, never a deny", async () => {
    using p = await open();
    p.store.addSavedRules("p1", [{ permission: "*", pattern: "*", action: "allow" }]);
    const asks = rulesFromConfig({ bash: "ask" }, "/h");
    await p.permissions.ask(bash("make", { rules: asks }), signal);
    const denies = rulesFromConfig({ bash: { "rm *": "deny" } }, "/h");
    const error = await failure(p.permissions.ask(bash("rm x", { rules: denies }), signal));
    expect(error.name).toBe("PermissionDenied");
  });

  test("holds across a restart, for this project only", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "sessions.sqlite");
    {
      using p = await open(path);
      const asked = p.permissions.ask(bash("make all", { always: ["make *"] }), signal);
      p.permissions.reply(only(p.permissions.list()).id, "always");
      await asked;
    }
    using p = await open(path);
    await p.permissions.ask(bash("make install"), signal);
    expect(p.told).toEqual([]);
    const { store, publish, ids } = p;
    const log = Logger.silent();
    const other = new Permissions({ ids, publish, store, projectID: "p2", log, policy: "reject" });
    expect((await failure(other.ask(bash("make"), signal))).name).toBe("PermissionDenied");
  });

  test("what another process on the same database saved counts at the next ask", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "sessions.sqlite");
    using here = await open(path);
    using there = await open(path);
    here.permissions.policy = "reject";
    expect((await failure(here.permissions.ask(bash("make"), signal))).kind).toBe("denied");
    const asked = there.permissions.ask(bash("make"), signal);
    there.permissions.reply(only(there.permissions.list()).id, "always");
    await asked;
    await here.permissions.ask(bash("make"), signal);
  });

  test("when it cannot be saved, nothing is answered and the ask waits on", async () => {
    const p = await open();
    const asked = p.permissions.ask(bash("make"), signal);
    const { id } = only(p.permissions.list());
    p[Symbol.dispose]();
    expect(() => p.permissions.reply(id, "always")).toThrow();
    expect(only(p.permissions.list()).id).toBe(id);
    p.permissions.reply(id, "once");
    await asked;
  });
});

describe("abort", () => {
  test("takes the ask off the list and tells clients to close their dialogs", async () => {
    using p = await open();
    const controller = new AbortController();
    const asked = p.permissions.ask(bash("make"), controller.signal);
    const { id } = only(p.permissions.list());
    const reason = new DOMException("stopped", "AbortError");
    controller.abort(reason);
    expect(await asked.catch((error: unknown) => error)).toBe(reason);
    expect(p.permissions.list()).toEqual([]);
    expect(p.told.slice(1)).toEqual([replied(id, "reject")]);
    expect(() => p.permissions.reply(id, "always")).toThrow(
      expect.objectContaining({ kind: "conflict" }),
    );
    expect(p.store.listSavedRules("p1")).toEqual([]);
  });

  test("before the ask: nobody is asked, even where it would be allowed", async () => {
    using p = await open();
    const rules = rulesFromConfig("allow", "/h");
    const asked = p.permissions.ask(bash("make", { rules }), AbortSignal.abort());
    expect(await asked.catch((error: Error) => error.name)).toBe("AbortError");
    expect(p.told).toEqual([]);
  });

  test("after the answer: nothing more is told", async () => {
    using p = await open();
    const controller = new AbortController();
    const asked = p.permissions.ask(bash("make"), controller.signal);
    p.permissions.reply(only(p.permissions.list()).id, "once");
    controller.abort();
    await asked;
    expect(p.told).toHaveLength(2);
  });

  test("cancelSession withdraws the asks of one session", async () => {
    using p = await open();
    const gone = p.permissions.ask(bash("make"), signal).catch((error: Error) => error.name);
    const stays = p.permissions.ask(bash("make", { sessionID: "ses_2" }), signal);
    p.permissions.cancelSession("ses_1");
    expect(await gone).toBe("AbortError");
    const request = only(p.permissions.list());
    expect(request.sessionID).toBe("ses_2");
    p.permissions.reply(request.id, "once");
    await stays;
  });
});

test("asks that wait are bounded in number", async () => {
  using p = await open();
  const controller = new AbortController();
  const asks = Array.from({ length: 501 }, () => p.permissions.ask(bash("x"), controller.signal));
  expect(p.permissions.list()).toHaveLength(500);
  const last = await asks[500]?.catch((error: unknown) => error);
  expect(last).toMatchObject({ kind: "limit" });
  controller.abort();
  await Promise.allSettled(asks);
  expect(p.permissions.list()).toEqual([]);
});
