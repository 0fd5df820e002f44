// TUI: what other programs may have the terminal interface do. Each call becomes an event of the
// directory, which every attached interface acts on; with none attached it is told to nobody, and
// the answer's header says so.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import type { Instance } from "@/app/instance";
import { t } from "@/base/schema";
import {
  TuiCommandExecute,
  TuiControlRequest,
  TuiPromptAppend,
  TuiPublishInput,
  TuiSessionSelect,
  TuiToastShow,
} from "@/schema/tui";
import type { EventStreams } from "@/server/event-stream";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";
import type { TuiControl } from "@/server/tui-control";

const TUI_HEADER = "x-opencode-tui";
const TOAST_DURATION_MS = 5_000;

/** Routes that stand for one command each: path, name of the operation, command, summary. */
const COMMANDS = [
  ["open-help", "openHelp", "help.show", "Open the help dialog"],
  ["open-sessions", "openSessions", "session.list", "Open the session selector"],
  ["open-themes", "openThemes", "theme.switch", "Open the theme selector"],
  ["open-models", "openModels", "model.list", "Open the model selector"],
  ["submit-prompt", "submitPrompt", "prompt.submit", "Submit the current prompt"],
  ["clear-prompt", "clearPrompt", "prompt.clear", "Clear the prompt"],
] as const;

/** The names that programs have used for commands before these were named as they are now. */
const COMMAND_OF_NAME: Readonly<Record<string, string>> = {
  session_new: "session.new",
  session_list: "session.list",
  session_share: "session.share",
  session_interrupt: "session.interrupt",
  session_compact: "session.compact",
  messages_page_up: "session.page.up",
  messages_page_down: "session.page.down",
  messages_line_up: "session.line.up",
  messages_line_down: "session.line.down",
  messages_half_page_up: "session.half.page.up",
  messages_half_page_down: "session.half.page.down",
  messages_first: "session.first",
  messages_last: "session.last",
  agent_cycle: "agent.cycle",
};

export interface TuiConnections {
  streams: EventStreams;
  control: TuiControl;
  /** One in this process shows the server's own directory. */
  hasTui: boolean;
}

/** Says in the answer whether a terminal interface is attached, and gives the instance back. */
type Mark = (instance: Instance, answer: Answer) => Instance;

interface Answer {
  headers: Record<string, string | number>;
}

export function tuiRoutes(app: App, { streams, control, hasTui }: TuiConnections): AnyElysia {
  const mark: Mark = (instance, answer) => {
    const { directory } = instance;
    const isOwn = hasTui && directory === app.services.directory;
    const isAttached = isOwn || streams.hasTui(directory) || control.isAttended(directory);
    answer.headers[TUI_HEADER] = isAttached ? "attached" : "detached";
    return instance;
  };
  // One for all of them: at the start each further one costs more than a route.
  const routes = directoryRoutes(app);
  addCommands(routes, mark);
  addEvents(routes, mark);
  addControl(routes, mark, control);
  return routes;
}

function directoryRoutes(app: App) {
  return new Elysia().use(inDirectory(app));
}

type Routes = ReturnType<typeof directoryRoutes>;

function addCommands(routes: Routes, mark: Mark): void {
  for (const [path, name, command, summary] of COMMANDS) {
    routes.post(
      `/tui/${path}`,
      ({ instance, set }) => {
        mark(instance, set).publish("tui.command.execute", { command });
        return true;
      },
      tuiOperation({ id: `tui.${name}`, summary }),
    );
  }
}

function addEvents(routes: Routes, mark: Mark): void {
  routes
    .post(
      "/tui/append-prompt",
      ({ instance, body, set }) => {
        mark(instance, set).publish("tui.prompt.append", body);
        return true;
      },
      appendPrompt,
    )
    .post(
      "/tui/execute-command",
      ({ instance, body: { command }, set }) => {
        const known = Object.hasOwn(COMMAND_OF_NAME, command) ? COMMAND_OF_NAME[command] : command;
        mark(instance, set).publish("tui.command.execute", { command: known ?? command });
        return true;
      },
      executeCommand,
    )
    .post(
      "/tui/show-toast",
      ({ instance, body, set }) => {
        mark(instance, set).publish("tui.toast.show", { duration: TOAST_DURATION_MS, ...body });
        return true;
      },
      showToast,
    )
    .post(
      "/tui/publish",
      ({ instance, body, set }) => {
        if (body.type === "tui.session.select") instance.sessions.get(body.properties.sessionID);
        mark(instance, set).publish(body.type, body.properties);
        return true;
      },
      publish,
    )
    .post(
      "/tui/select-session",
      ({ instance, body, set }) => {
        const { id: sessionID } = instance.sessions.get(body.sessionID);
        mark(instance, set).publish("tui.session.select", { sessionID });
        return true;
      },
      selectSession,
    );
}

function addControl(routes: Routes, mark: Mark, control: TuiControl): void {
  routes
    .get(
      "/tui/control/next",
      async ({ instance, request, set }) => {
        const { directory } = mark(instance, set);
        const nothing = { path: "", body: null };
        // Who asks for the headers alone must not take a request with them.
        if (request.method === "HEAD") return nothing;
        return (await control.next(directory, request.signal)) ?? nothing;
      },
      controlNext,
    )
    .post(
      "/tui/control/response",
      ({ instance, body, set }) => {
        control.respond(mark(instance, set).directory, body);
        return true;
      },
      controlResponse,
    );
}

function tuiOperation(declaration: { id: string; summary: string }) {
  return operation({
    ...declaration,
    group: "TUI",
    place: "directory",
    response: t.Boolean(),
    headers,
  });
}

const headers = { "X-OpenCode-TUI": "Whether a terminal interface is `attached` or `detached`" };

const appendPrompt = operation({
  id: "tui.appendPrompt",
  group: "TUI",
  place: "directory",
  summary: "Append text to the prompt",
  body: TuiPromptAppend,
  response: t.Boolean(),
  headers,
});

const executeCommand = operation({
  id: "tui.executeCommand",
  group: "TUI",
  place: "directory",
  summary: "Execute a command",
  description: "By its name, `session.new`, or the older form, `session_new`.",
  body: TuiCommandExecute,
  response: t.Boolean(),
  headers,
});

const showToast = operation({
  id: "tui.showToast",
  group: "TUI",
  place: "directory",
  summary: "Show a toast",
  body: TuiToastShow,
  response: t.Boolean(),
  headers,
});

const publish = operation({
  id: "tui.publish",
  group: "TUI",
  place: "directory",
  summary: "Publish an event of the terminal interface",
  body: TuiPublishInput,
  response: t.Boolean(),
  headers,
});

const selectSession = operation({
  id: "tui.selectSession",
  group: "TUI",
  place: "directory",
  summary: "Open a session in the terminal interface",
  body: TuiSessionSelect,
  response: t.Boolean(),
  headers,
});

const controlNext = operation({
  id: "tui.control.next",
  group: "TUI",
  place: "directory",
  summary: "Wait for the next control request",
  description: "Each request goes to one caller. After a minute without one the path is empty.",
  response: TuiControlRequest,
  headers,
  errors: [413],
});

const controlResponse = operation({
  id: "tui.control.response",
  group: "TUI",
  place: "directory",
  summary: "Respond to a control request",
  description: "Any JSON: the answer to the oldest request that was handed out.",
  body: t.Unknown(),
  response: t.Boolean(),
  headers,
});
