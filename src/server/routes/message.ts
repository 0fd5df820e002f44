// Messages: prompts and their answers, and the parts of both.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { invalid } from "@/base/error";
import { t, type Static } from "@/base/schema";
import {
  AssistantMessageWithParts,
  CommandInput,
  MessageWithParts,
  PromptInput,
  ShellInput,
} from "@/schema/message";
import { Part } from "@/schema/part";
import { MessageID, PartID, SessionID } from "@/schema/primitive";
import { linkNext, pageOf } from "@/server/message-page";
import { operation } from "@/server/operation";
import { inSession } from "@/server/request-context";

export function messageRoutes(app: App): AnyElysia {
  return new Elysia().use(promptRoutes(app)).use(storedRoutes(app));
}

function promptRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inSession(app))
    .post(
      "/session/:sessionID/message",
      ({ instance, params, body, request, server }) => {
        // The answer may take as long as a person thinks about a permission.
        server?.timeout(request, 0);
        return instance.prompts.prompt(params.sessionID, body);
      },
      prompt,
    )
    .post(
      "/session/:sessionID/prompt_async",
      ({ instance, params, body }) => instance.prompts.promptAsync(params.sessionID, body),
      promptAsync,
    )
    .post(
      "/session/:sessionID/command",
      ({ instance, params, body, request, server }) => {
        server?.timeout(request, 0);
        return instance.slashCommands.run(params.sessionID, body);
      },
      command,
    )
    .post(
      "/session/:sessionID/shell",
      ({ instance, params, body, request, server }) => {
        server?.timeout(request, 0);
        return instance.shellCommands.run(params.sessionID, body);
      },
      shell,
    );
}

function storedRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inSession(app))
    .get(
      "/session/:sessionID/message",
      ({ instance, params, query, request, set }) => {
        const { messages, more } = instance.sessions.messages(params.sessionID, pageOf(query));
        if (more) Object.assign(set.headers, linkNext(request, messages));
        return messages;
      },
      list,
    )
    .get(
      "/session/:sessionID/message/:messageID",
      ({ instance, params }) => instance.sessions.message(params.sessionID, params.messageID),
      get,
    )
    .delete(
      "/session/:sessionID/message/:messageID",
      ({ instance, params }) => {
        instance.sessions.removeMessage(params.sessionID, params.messageID);
        return true;
      },
      remove,
    )
    .patch(
      "/session/:sessionID/message/:messageID/part/:partID",
      ({ instance, params, body }) => instance.sessions.updatePart(checkPart(body, params)),
      updatePart,
    )
    .delete(
      "/session/:sessionID/message/:messageID/part/:partID",
      ({ instance, params }) => {
        instance.sessions.removePart(params.sessionID, params.messageID, params.partID);
        return true;
      },
      removePart,
    );
}

const params = t.Object({ sessionID: SessionID });
const messageParams = t.Object({ sessionID: SessionID, messageID: MessageID });
const partParams = t.Object({ sessionID: SessionID, messageID: MessageID, partID: PartID });

/** A part says itself where it belongs; the path must say the same. */
function checkPart(part: Part, { sessionID, messageID, partID }: Static<typeof partParams>): Part {
  const expected = { id: partID, messageID, sessionID };
  for (const key of ["id", "messageID", "sessionID"] as const) {
    if (part[key] === expected[key]) continue;
    const message = `${key}: expected ${expected[key]}, as the path has it, got ${part[key]}`;
    throw invalid(message, { kind: "Payload", path: key });
  }
  return part;
}

const prompt = operation({
  id: "session.prompt",
  group: "Messages",
  place: "directory",
  summary: "Send a message and wait for response",
  description:
    "Answers the last assistant message of the turn; with noReply the message that was stored. " +
    "A failure of the provider is the error of that message.",
  params,
  body: PromptInput,
  response: MessageWithParts,
  errors: [409],
});

const promptAsync = operation({
  id: "session.prompt_async",
  group: "Messages",
  place: "directory",
  summary: "Send a message asynchronously (no wait)",
  description: "Answers when the message is stored; what becomes of it is told by events.",
  params,
  body: PromptInput,
  errors: [409],
});

const command = operation({
  id: "session.command",
  group: "Messages",
  place: "directory",
  summary: "Execute a slash command",
  description:
    "The command's template becomes a prompt; answers the last assistant message of its turn.",
  params,
  body: CommandInput,
  response: AssistantMessageWithParts,
  errors: [409],
});

const shell = operation({
  id: "session.shell",
  group: "Messages",
  place: "directory",
  summary: "Run a shell command",
  description:
    "Recorded as a message pair that the model reads with the next prompt; answers the one that " +
    "holds the output. No model is asked.",
  params,
  body: ShellInput,
  response: MessageWithParts,
  errors: [409],
});

const list = operation({
  id: "session.messages",
  group: "Messages",
  place: "directory",
  summary: "List messages in a session",
  description: "Oldest first. With a limit the newest so many; the headers lead to older ones.",
  params,
  query: t.Object({
    limit: t.Optional(t.Integer({ minimum: 0, description: "0 is no limit" })),
    before: t.Optional(t.String({ description: "The X-Next-Cursor of the page before" })),
  }),
  response: t.Array(MessageWithParts),
  headers: {
    Link: "Where the page of older messages is, when there are any",
    "X-Next-Cursor": "What to give as `before` to get it",
  },
});

const get = operation({
  id: "session.message",
  group: "Messages",
  place: "directory",
  summary: "Get message details",
  params: messageParams,
  response: MessageWithParts,
});

const remove = operation({
  id: "session.deleteMessage",
  group: "Messages",
  place: "directory",
  summary: "Delete a message",
  params: messageParams,
  response: t.Boolean(),
  errors: [409],
});

const updatePart = operation({
  id: "part.update",
  group: "Messages",
  place: "directory",
  summary: "Replace a part of a message",
  params: partParams,
  body: Part,
  response: Part,
  errors: [409],
});

const removePart = operation({
  id: "part.delete",
  group: "Messages",
  place: "directory",
  summary: "Delete a part of a message",
  params: partParams,
  response: t.Boolean(),
  errors: [409],
});
