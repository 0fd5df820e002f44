// The document of the server beside an extract of the one that clients were made for: its
// operations, their parameters, the keys of their bodies, what they answer. Every difference has a
// reason here; one without a reason fails, and so does a reason without a difference.

import { expect, test } from "bun:test";
import published from "./published-contract.json" with { type: "json" };
import {
  type APIExtract,
  extractAPI,
  namesIn,
  type OperationExtract,
} from "@test/support/api-extract";
import { Contract } from "@test/support/contract";
import { testApp } from "@test/support/test-app";

const CURSOR = "for EventSource, which cannot set Last-Event-ID at its first connection";
const TRUST = "the published program runs what any repository holds";
const REFERENCES = "another name of `references`, which files may use and clients need not";

const BUDGET = "a turn ends before its next request once it has used so much";
const HOOKS = "the published program has hooks in plugins only, not as plain commands";
const TEMPLATES = "the published program lists the resources that have an address already";
const JOBS = "what goes on in the background is listed, looked at and ended by clients as well";

const REASONS: Readonly<Record<string, string>> = {
  "app.log: lacks query directory?": "the log is of the whole server, whatever the directory",
  "auth.set: adds body key issued?": "tokens of a login are bound to where they came from",
  "config.update: adds body key budget?": BUDGET,
  "config.update: adds body key hooks?": HOOKS,
  "config.update: lacks body key reference?": REFERENCES,
  "config.schema: is ours alone": "the published schema lies at an address of its own",
  "doc.get: is ours alone": "a document that lacks itself cannot be asked for by its clients",
  "event.subscribe: adds query after?": CURSOR,
  "event.subscribe: adds query lastEventID?": CURSOR,
  "experimental.mcp.log: is ours alone": "a person sees why a server fails where it is listed",
  "experimental.provider.found: is ours alone": "what a machine has is offered, not just taken",
  "experimental.resource.templates: is ours alone": TEMPLATES,
  "experimental.server.get: is ours alone": "a person sees who else uses the server",
  "experimental.session.background: is ours alone": JOBS,
  "experimental.session.background.get: is ours alone": JOBS,
  "experimental.session.background.list: is ours alone": JOBS,
  "experimental.session.background.stop: is ours alone": JOBS,
  "experimental.session.move: is ours alone": "the published one is of a family that is not served",
  "experimental.session.retry: is ours alone": "a person need not wait until the server does",
  "global.config.update: adds body key budget?": BUDGET,
  "global.config.update: adds body key hooks?": HOOKS,
  "global.config.update: lacks body key reference?": REFERENCES,
  "global.event: adds query after?": CURSOR,
  "global.event: adds query lastEventID?": CURSOR,
  "global.upgrade: is not served": "the executable is replaced by whoever installed it",
  "permission.reply: adds body key edited?": "an edit may be changed before it is applied",
  "permission.reply: adds body key always?": "what is allowed for always may be narrowed",
  "project.trust.get: is ours alone": TRUST,
  "project.trust.grant: is ours alone": TRUST,
  "project.trust.revoke: is ours alone": TRUST,
  "permission.respond: adds body key remember?": "the published table of rows has it",
  "provider.check: is ours alone": "a key is asked about before it is kept",
  "provider.oauth.authorize: answers 200 ProviderAuthAuthorization | null":
    "the published server answers null for an API key as well, which its document leaves out",
  "session.create: lacks body key workspaceID?": "there are no workspaces on other machines",
  "session.prompt: answers 200 { info: Message, parts: Part[] }":
    "with noReply the answer is the user's message; without it an AssistantMessage, as published",
  "session.summarize: adds body key instruction?": "a person may say what a summary is to keep",
  "session.revert: adds body key only?": "the conversation, or files, may be undone alone",
  "session.shell: adds body key ignored?": "what a person runs may be kept from the model",
  "share.get: is ours alone": "sharing needs nobody else's service, so its page is here",
};

test("what was published is served, but for the differences that have a reason", async () => {
  await using t = await testApp();
  const { document } = await Contract.of(t);
  const found = differences(published, extractAPI(document, namesIn(published)));
  expect(found).toEqual(Object.keys(REASONS).sort());
});

test("every difference of an operation is seen", () => {
  const base = { parameters: ["path id", "query a?"], body: ["x y?"], errors: ["400"] };
  const theirs = { one: { ...base, route: "GET /a", success: "200 A" } };
  const ours = {
    one: {
      route: "POST /a",
      parameters: ["path id", "query a", "query b?"],
      body: ["x? z"],
      success: "200 B",
      errors: ["404"],
    },
    two: { ...base, route: "GET /b", success: "204" },
  };
  expect(differences(theirs, theirs)).toEqual([]);
  expect(differences(theirs, {})).toEqual(["one: is not served"]);
  expect(differences(theirs, ours)).toEqual([
    "one: adds body key x?",
    "one: adds body key z",
    "one: adds query a",
    "one: adds query b?",
    "one: answers 200 B",
    "one: is at POST /a",
    "one: lacks body key x",
    "one: lacks body key y?",
    "one: lacks error 400",
    "one: lacks query a?",
    "two: is ours alone",
  ]);
});

/** One line for each difference, in order. Failures that only we declare are no difference. */
function differences(theirs: APIExtract, ours: APIExtract): string[] {
  const lines = Object.entries(theirs).flatMap(([id, operation]) => {
    const own = ours[id];
    const found = own ? compare(operation, own) : ["is not served"];
    return found.map((line) => `${id}: ${line}`);
  });
  const added = Object.keys(ours).filter((id) => !(id in theirs));
  return [...lines, ...added.map((id) => `${id}: is ours alone`)].sort();
}

function compare(theirs: OperationExtract, ours: OperationExtract): string[] {
  const ourKeys = ours.body.flatMap((keys) => keys.split(" "));
  const theirKeys = theirs.body.flatMap((keys) => keys.split(" "));
  return [
    ...(ours.route === theirs.route ? [] : [`is at ${ours.route}`]),
    ...(ours.success === theirs.success ? [] : [`answers ${ours.success}`]),
    ...without(theirs.parameters, ours.parameters).map((one) => `lacks ${one}`),
    ...without(ours.parameters, theirs.parameters).map((one) => `adds ${one}`),
    ...without(theirKeys, ourKeys).map((key) => `lacks body key ${key}`),
    ...without(ourKeys, theirKeys).map((key) => `adds body key ${key}`),
    ...(ours.body.length === theirs.body.length ? [] : [`has ${ours.body.length} bodies`]),
    ...without(theirs.errors, ours.errors).map((status) => `lacks error ${status}`),
  ];
}

function without(values: readonly string[], others: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => !others.includes(value));
}
