// MCP: the servers of a directory: how they are doing, adding and connecting them, logging in to
// remote ones, and what they let models read.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import {
  McpAddInput,
  McpAuthCallbackInput,
  McpAuthorization,
  McpLogLine,
  McpResource,
  McpResourceTemplate,
  MCPStatus,
} from "@/schema/mcp";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function mcpRoutes(app: App): AnyElysia {
  return new Elysia().use(serverRoutes(app)).use(loginRoutes(app)).use(resourceRoutes(app));
}

function serverRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/mcp", ({ instance }) => instance.mcp.status(), status)
    .post("/mcp", ({ instance, body }) => instance.mcp.add(body.name, body.config), add)
    .post(
      "/mcp/:name/connect",
      async ({ instance, params }) => {
        await instance.mcp.connect(params.name);
        return true;
      },
      connect,
    )
    .post(
      "/mcp/:name/disconnect",
      async ({ instance, params }) => {
        await instance.mcp.disconnect(params.name);
        return true;
      },
      disconnect,
    )
    .get(
      "/experimental/mcp/:name/log",
      async ({ instance, params }) => [...(await instance.mcp.log(params.name))],
      log,
    );
}

function loginRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .post(
      "/mcp/:name/auth",
      ({ instance, params }) => instance.mcp.logins.start(params.name),
      start,
    )
    .post(
      "/mcp/:name/auth/callback",
      ({ instance, params, body }) => instance.mcp.logins.finish(params.name, body.code),
      callback,
    )
    .post(
      "/mcp/:name/auth/authenticate",
      ({ instance, params, request }) =>
        instance.mcp.logins.authenticate(params.name, request.signal),
      authenticate,
    )
    .delete(
      "/mcp/:name/auth",
      async ({ instance, params }) => {
        await instance.mcp.logins.remove(params.name);
        return { success: true as const };
      },
      removeAuth,
    );
}

function resourceRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get(
      "/experimental/resource",
      async ({ instance }) => {
        await instance.mcp.ready();
        const entries = instance.mcp.resources().map((one) => [`${one.client}:${one.uri}`, one]);
        return Object.fromEntries(entries);
      },
      resources,
    )
    .get(
      "/experimental/resource/template",
      async ({ instance }) => {
        await instance.mcp.ready();
        const found = instance.mcp.resourceTemplates();
        return Object.fromEntries(found.map((one) => [`${one.client}:${one.uriTemplate}`, one]));
      },
      templates,
    );
}

const group = "LSP, Formatters & MCP";
const params = t.Object({ name: t.String({ description: "Of the server" }) });
const Statuses = t.Record(t.String(), MCPStatus);

const status = operation({
  id: "mcp.status",
  group,
  place: "directory",
  summary: "Get MCP server status",
  description: "Starts the servers that nobody needed yet, and waits for them for a moment.",
  response: Statuses,
});

const add = operation({
  id: "mcp.add",
  group,
  place: "directory",
  summary: "Add MCP server dynamically",
  description:
    "Connects it, and keeps it until the instance is disposed; one of the same name is replaced. " +
    "Answers the status of all servers, also when this one fails.",
  body: McpAddInput,
  response: Statuses,
});

const connect = operation({
  id: "mcp.connect",
  group,
  place: "directory",
  summary: "Connect an MCP server",
  description: "Now, whatever was before; that it failed is told by the status.",
  params,
  response: t.Boolean(),
});

const disconnect = operation({
  id: "mcp.disconnect",
  group,
  place: "directory",
  summary: "Disconnect an MCP server",
  description: "It stays away until it is connected again.",
  params,
  response: t.Boolean(),
});

const log = operation({
  id: "experimental.mcp.log",
  group,
  place: "directory",
  summary: "Get the log of an MCP server",
  description:
    "What became of its connections, and what its program said on stderr, the oldest first; the " +
    "last 500 lines of it.",
  params,
  response: t.Array(McpLogLine),
});

const start = operation({
  id: "mcp.auth.start",
  group,
  place: "directory",
  summary: "Start to log in to a remote MCP server",
  description:
    "Answers the address to open in a browser, which this server never does itself. The login " +
    "ends when the browser comes back to the callback address, or by mcp.auth.callback, within " +
    "five minutes. 400 for a server that nobody logs in to, or that does not let us register.",
  params,
  response: McpAuthorization,
});

const callback = operation({
  id: "mcp.auth.callback",
  group,
  place: "directory",
  summary: "Finish to log in to a remote MCP server",
  description: "With the code, or the whole address that the browser ended at.",
  params,
  body: McpAuthCallbackInput,
  response: MCPStatus,
  errors: [409],
});

const authenticate = operation({
  id: "mcp.auth.authenticate",
  group,
  place: "directory",
  summary: "Log in to a remote MCP server, and wait for the end",
  description:
    "Publishes the address to open as mcp.browser.open.failed, and answers when the person has " +
    "logged in, at most five minutes later.",
  params,
  response: MCPStatus,
});

const removeAuth = operation({
  id: "mcp.auth.remove",
  group,
  place: "directory",
  summary: "Log out of a remote MCP server",
  description: "Forgets the tokens, and what we are known by there.",
  params,
  response: t.Object({ success: t.Literal(true) }),
});

const resources = operation({
  id: "experimental.resource.list",
  group,
  place: "directory",
  summary: "List the resources of MCP servers",
  description: "By server and address: what is attached to a prompt or read by a model.",
  response: t.Record(t.String(), McpResource),
});

const templates = operation({
  id: "experimental.resource.templates",
  group,
  place: "directory",
  summary: "List the resource templates of MCP servers",
  description:
    "By server and template. With values in the place of what stands in braces a template is the " +
    "address of a resource, which can be attached to a prompt or read by a model.",
  response: t.Record(t.String(), McpResourceTemplate),
});
