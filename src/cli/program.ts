// The command table: every command with its arguments, options, examples and help, and the file
// that runs it, loaded when it is called. Parsing, suggestions and help texts are commander's.
import { Argument, Command, Option } from "commander";
import { version } from "@/base/version";
import type { CLIContext, GlobalOptions } from "./context";
import type { SessionListOptions } from "./session";
import type { StatsOptions } from "./stats";
import type { LoginOptions } from "./auth";
import type { DebugConfigOptions } from "./debug";
import type { ExportOptions } from "./export";
import type { AddOptions } from "./mcp-add";
import type { ModelsOptions } from "./models";
import type { PluginOptions } from "./plugin";
import type { RunOptions } from "./run";
import type { ServeOptions } from "./serve";
import type { AttachOptions } from "./attach";
import type { TuiOptions } from "./tui";
import { isTerminal } from "./terminal";
import { addOptions, MINI, WHICH_SESSION } from "./options";
import { amount, collect, parsePort, positive } from "./option-values";
import { EXIT_CODES } from "./exit-code";

/** Tells the exit code of the command that ran. */
type Finish = (exitCode: number) => void;

const EXIT_CODE_HELP = [
  "Exit codes:",
  ...EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padEnd(5)} ${meaning}`),
].join("\n");

const ROOT_EXAMPLES: readonly string[] = [
  "opencode",
  "opencode -c",
  'opencode run "explain this repository"',
  "git diff | opencode run review this change",
  "opencode serve --port 4096",
  "opencode auth login anthropic",
  "opencode models",
];

/** The whole program. Commander writes help and errors through the context's output. */
export function buildProgram(context: CLIContext, finish: Finish): Command {
  const program = new Command("opencode")
    .description("An AI coding agent: ask it from the command line, or over HTTP.")
    .version(version, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .option("--print-logs", "print the log to stderr as well")
    .option("--pure", "run without plugins and custom tools")
    .option("--trust", "let the project's own files run programs and reach out")
    .addOption(
      new Option("--log-level <level>", "how much is logged").choices([
        "DEBUG",
        "INFO",
        "WARN",
        "ERROR",
      ]),
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => context.output.write(text),
      writeErr: (text) => context.output.writeNote(text),
      getOutHelpWidth: () => HELP_COLUMNS,
      getErrHelpWidth: () => HELP_COLUMNS,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => write(formatUsageError(text)),
    })
    .exitOverride();
  addTui(program, context, finish);
  addAttach(program, context, finish);
  addRun(program, context, finish);
  addServe(program, context, finish);
  addModels(program, context, finish);
  addAuth(program, context, finish);
  addMcp(program, context, finish);
  addPlugin(program, context, finish);
  addSession(program, context, finish);
  addAgent(program, context, finish);
  addTransfer(program, context, finish);
  addStats(program, context, finish);
  addDatabase(program, context, finish);
  addDebug(program, context, finish);
  addCompletion(program, context, finish);
  program.usage("[project] [options]\n       opencode <command> [options]");
  program.addHelpText(
    "after",
    `\n${tuiHelp(program)}\n\n${examples(ROOT_EXAMPLES)}\n\n${EXIT_CODE_HELP}`,
  );
  return program;
}

const HELP_COLUMNS = 100;

function visibleNames(program: Command): string[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
}

/** The options of the terminal UI, for the help of the whole program. */
function tuiHelp(program: Command): string {
  const command = program.commands.find((one) => one.name() === "tui");
  const help = program.createHelp();
  const options = command ? help.visibleOptions(command) : [];
  const lines = options.map((option) => {
    return `  ${help.optionTerm(option).padEnd(30)} ${help.optionDescription(option)}`;
  });
  return ["Without a command: the terminal UI, `opencode [project]`", ...lines].join("\n");
}

/** What is run when no command is named; a command of its own, so that its options are its own. */
function addTui(program: Command, context: CLIContext, finish: Finish): void {
  const command = program
    .command("tui", { isDefault: true, hidden: true })
    .description("The terminal UI in a project's directory.")
    .argument("[project]", "the directory to open the terminal UI in");
  addOptions(command, ["model", "agent", ...WHICH_SESSION]).option(
    "--prompt <text>",
    "what to ask first",
  );
  addOptions(command, ["auto", ...MINI]).option(
    "--port <number>",
    "port for other programs (default: a free one)",
    parsePort,
  );
  addOptions(command, ["hostname"]).action(
    async (project: string | undefined, _: unknown, self: Command) => {
      // Where nobody sees the screen, the way to the other commands is what can be told.
      if (project === undefined && !isTerminal()) return program.outputHelp();
      const { tui } = await import("./tui");
      const commands = visibleNames(program);
      finish(await tui(context, { project, commands }, self.optsWithGlobals<TuiOptions>()));
    },
  );
}

function addAttach(program: Command, context: CLIContext, finish: Finish): void {
  const command = program
    .command("attach")
    .description("Open the terminal UI of a server that runs elsewhere.")
    .argument("<url>", "the server's address, such as http://localhost:4096")
    .option("--dir <path>", "the directory to work in, on the server's machine");
  addOptions(command, WHICH_SESSION)
    .option("-p, --password <text>", "the server's password (or OPENCODE_SERVER_PASSWORD)")
    .option("-u, --username <name>", "the server's user (or OPENCODE_SERVER_USERNAME)");
  addOptions(command, MINI)
    .addHelpText("after", `\n${examples(["opencode attach http://localhost:4096 -c"])}`)
    .action(async (url: string, _: unknown, self: Command) => {
      const { attach } = await import("./attach");
      finish(await attach(context, url, self.optsWithGlobals<AttachOptions>()));
    });
}

function addRun(program: Command, context: CLIContext, finish: Finish): void {
  const command = program
    .command("run")
    .description("Answer one message and end. Standard input is added to the message.")
    .argument("[message...]", 'what to do; "-" waits for standard input to its end')
    .option("-f, --file <path>", "attach a file or directory (repeatable)", collect);
  addOptions(command, ["model", "agent"]).option(
    "--variant <name>",
    "the model's variant, such as its reasoning effort",
  );
  addOptions(command, WHICH_SESSION)
    .option("--command <name>", "run this slash command; the message is its arguments")
    .option("--title [title]", "title of a new session; without a text the message's beginning")
    .addOption(
      new Option("--format <format>", "text, or one JSON object a line")
        .choices(["default", "json"])
        .default("default"),
    );
  addOptions(command, ["auto"])
    .option("--max-cost <dollars>", "stop when it has cost this much", amount("--max-cost"))
    .option("--max-tokens <number>", "stop when it has used so many", positive("--max-tokens"))
    .option("--dir <path>", "the directory to work in")
    .option("--port <number>", "serve HTTP on this port meanwhile (0: a free one)", parsePort)
    .option("--thinking", "show the model's reasoning")
    .addHelpText(
      "after",
      `\n${examples([
        'opencode run "explain this repository"',
        "git diff | opencode run review this change",
        'opencode run -c "and now add a test"',
        'opencode run --format json --auto "fix the failing test"',
        "opencode run -- --help is what my tool prints, document it",
      ])}\n\n${EXIT_CODE_HELP}`,
    )
    .action(async (words: string[], _: unknown, self: Command) => {
      const { run } = await import("./run");
      finish(await run(context, words, self.optsWithGlobals<RunOptions>()));
    });
}

function addServe(program: Command, context: CLIContext, finish: Finish): void {
  const command = program
    .command("serve")
    .description("Serve the HTTP API until interrupted.")
    .option("--port <number>", "port; 0 is a free one (default: 4096)", parsePort);
  addOptions(command, ["hostname"])
    .option("--mdns", "announce the server in the local network; listens on 0.0.0.0")
    .option("--mdns-domain <name>", "the name it is announced under (default: opencode.local)")
    .option("--cors <origin>", "allow web pages of this origin (repeatable)", collect)
    .addHelpText(
      "after",
      `\n${examples([
        "opencode serve",
        "OPENCODE_SERVER_PASSWORD=... opencode serve --hostname 0.0.0.0",
      ])}`,
    )
    .action(async (_: unknown, self: Command) => {
      const { serve } = await import("./serve");
      finish(await serve(context, self.optsWithGlobals<ServeOptions>()));
    });
}

function addModels(program: Command, context: CLIContext, finish: Finish): void {
  program
    .command("models")
    .description("List the models that can be used, one provider/model a line.")
    .argument("[provider]", "only this provider's")
    .option("--verbose", "with everything that is known of them, as JSON")
    .action(async (provider: string | undefined, _: unknown, self: Command) => {
      const { models } = await import("./models");
      finish(await models(context, provider, self.optsWithGlobals<ModelsOptions>()));
    });
}

function addAuth(program: Command, context: CLIContext, finish: Finish): void {
  const auth = program.command("auth").helpCommand(false).description("Keys of model providers.");
  auth
    .command("login")
    .description("Store the key of a provider, typed unseen or piped in, or log in to it.")
    .argument("[provider]", "the provider's id, such as anthropic, or an organisation's address")
    .option("-p, --provider <id>", "the same as the argument")
    .option("--key-stdin", "read the key from standard input")
    .option(
      "-m, --method <method>",
      "key, oauth, or the name of a login; of an organisation: command",
    )
    .addHelpText(
      "after",
      `\n${examples([
        "opencode auth login anthropic",
        "opencode auth login openai < key.txt",
        "opencode auth login https://opencode.example.com",
      ])}`,
    )
    .action(async (provider: string | undefined, _: unknown, self: Command) => {
      const { login } = await import("./auth");
      finish(await login(context, provider, self.optsWithGlobals<LoginOptions>()));
    });
  auth
    .command("list")
    .alias("ls")
    .description("List where each credential comes from, without showing it.")
    .action(async () => finish(await (await import("./auth")).list(context)));
  auth
    .command("logout")
    .description("Remove the stored key of a provider.")
    .argument("<provider>", "the provider's id")
    .action(async (id: string) => finish(await (await import("./auth")).logout(context, id)));
}

function addMcp(program: Command, context: CLIContext, finish: Finish): void {
  const mcp = program
    .command("mcp")
    .helpCommand(false)
    .description("MCP servers: tools, prompts and resources from other programs.");
  mcp
    .command("list")
    .alias("ls")
    .description("List the servers, how they are doing and what they offer.")
    .action(async (_: unknown, self: Command) => {
      finish(await (await import("./mcp")).list(context, self.optsWithGlobals<GlobalOptions>()));
    });
  mcp
    .command("add")
    .description("Add a server to your own configuration. Asks for what is not given.")
    .argument("[name]", "what it is called here")
    .argument("[command...]", 'the program and its arguments, behind "--"')
    .option("--url <address>", "of a remote server")
    .option("--env <NAME=VALUE>", "a variable of the program (repeatable)", collect)
    .option("--header <NAME=VALUE>", "a header for the remote server (repeatable)", collect)
    .option("--project", "add it to the project's configuration instead")
    .addHelpText(
      "after",
      `\n${examples([
        "opencode mcp add files -- npx -y @modelcontextprotocol/server-filesystem .",
        "opencode mcp add docs --url https://mcp.example.com/mcp --header X-Key=...",
      ])}`,
    )
    .action(async (name: string | undefined, command: string[], _: unknown, self: Command) => {
      const { add } = await import("./mcp-add");
      finish(await add(context, { name, command }, self.optsWithGlobals<AddOptions>()));
    });
  addMcpLogins(mcp, context, finish);
  mcp
    .command("debug")
    .description("Say what a server answers: its status, its login, its first answer.")
    .argument("<name>", "the server's name")
    .action(async (name: string, _: unknown, self: Command) => {
      const { debug } = await import("./mcp");
      finish(await debug(context, name, self.optsWithGlobals<GlobalOptions>()));
    });
}

function addMcpLogins(mcp: Command, context: CLIContext, finish: Finish): void {
  const auth = mcp
    .command("auth")
    .helpCommand(false)
    .description("Log in to a remote server: to the one that is named, or that wants it.")
    .argument("[name]", "the server's name")
    .action(async (name: string | undefined, _: unknown, self: Command) => {
      const { login } = await import("./mcp-login");
      finish(await login(context, name, self.optsWithGlobals<GlobalOptions>()));
    });
  auth
    .command("list")
    .alias("ls")
    .description("List the logins to remote servers.")
    .action(async (_: unknown, self: Command) => {
      const { listLogins } = await import("./mcp");
      finish(await listLogins(context, self.optsWithGlobals<GlobalOptions>()));
    });
  mcp
    .command("logout")
    .description("Forget the login to a remote server.")
    .argument("[name]", "the server's name")
    .action(async (name: string | undefined, _: unknown, self: Command) => {
      const { logout } = await import("./mcp-login");
      finish(await logout(context, name, self.optsWithGlobals<GlobalOptions>()));
    });
}

function addPlugin(program: Command, context: CLIContext, finish: Finish): void {
  program
    .command("plugin")
    .alias("plug")
    .description("Install a plugin, for the server, the terminal UI or both: it knows what it is.")
    .argument("<module>", "a package of npm, or a path; its code may do all that you may")
    .option("-g, --global", "for all of your projects, not this one alone")
    .option("-f, --force", "replace one that is named already, in another version say")
    .addHelpText(
      "after",
      `\n${examples(["opencode plugin my-plugin@1.2.3", "opencode plugin -g ./hello.ts"])}`,
    )
    .action(async (module: string, _: unknown, self: Command) => {
      const { plugin } = await import("./plugin");
      finish(await plugin(context, module, self.optsWithGlobals<PluginOptions>()));
    });
}

function addSession(program: Command, context: CLIContext, finish: Finish): void {
  const session = program
    .command("session")
    .helpCommand(false)
    .description("Sessions of the project.");
  session
    .command("list")
    .alias("ls")
    .description("List sessions, the one changed last first.")
    .option("-n, --max-count <number>", "at most so many", positive("--max-count"))
    .addOption(
      new Option("--format <format>", "for people or for programs")
        .choices(["table", "json"])
        .default("table"),
    )
    .action(async (_: unknown, self: Command) => {
      const { list } = await import("./session");
      finish(await list(context, self.optsWithGlobals<SessionListOptions>()));
    });
  session
    .command("delete")
    .description("Delete a session and all it holds.")
    .argument("<id>", "the session's id")
    .action(async (id: string, _: unknown, self: Command) => {
      const { remove } = await import("./session");
      finish(await remove(context, id, self.optsWithGlobals<GlobalOptions>()));
    });
  session
    .command("move")
    .description("Have a session go on in another directory of its project, such as a worktree.")
    .argument("<id>", "the session's id")
    .argument("<directory>", "where it goes on; what it has changed stays where it is")
    .addHelpText("after", `\n${examples(["opencode session move ses_... ../project-fix"])}`)
    .action(async (sessionID: string, directory: string, _: unknown, self: Command) => {
      const { move } = await import("./session");
      const words = { sessionID, directory };
      finish(await move(context, words, self.optsWithGlobals<GlobalOptions>()));
    });
}

function addAgent(program: Command, context: CLIContext, finish: Finish): void {
  const agent = program.command("agent").helpCommand(false).description("Agents of the directory.");
  agent
    .command("list")
    .alias("ls")
    .description("List agents with their modes and permission rules.")
    .action(async (_: unknown, self: Command) => {
      const { list } = await import("./agent");
      finish(await list(context, self.optsWithGlobals<GlobalOptions>()));
    });
}

function addTransfer(program: Command, context: CLIContext, finish: Finish): void {
  program
    .command("export")
    .description("Print a session as JSON: the newest of the directory, or the one named.")
    .argument("[sessionID]", "the session's id")
    .option("--sanitize", "leave out what was said, read and written")
    .action(async (id: string | undefined, _: unknown, self: Command) => {
      const { exportSession } = await import("./export");
      finish(await exportSession(context, id, self.optsWithGlobals<ExportOptions>()));
    });
  program
    .command("import")
    .description("Store an exported session in the current project.")
    .argument("<file>", "what export has printed")
    .action(async (file: string, _: unknown, self: Command) => {
      const { importSession } = await import("./import");
      finish(await importSession(context, file, self.optsWithGlobals<GlobalOptions>()));
    });
}

function addStats(program: Command, context: CLIContext, finish: Finish): void {
  program
    .command("stats")
    .description("Count sessions, tokens and cost.")
    .option("--days <number>", "of the last days only", positive("--days"))
    .action(async (_: unknown, self: Command) => {
      const { stats } = await import("./stats");
      finish(await stats(context, self.optsWithGlobals<StatsOptions>()));
    });
}

function addDatabase(program: Command, context: CLIContext, finish: Finish): void {
  const db = program.command("db").helpCommand(false).description("The database.");
  db.command("path")
    .description("Print where it is.")
    .action(async () => finish(await (await import("./db")).path(context)));
}

function addDebug(program: Command, context: CLIContext, finish: Finish): void {
  const debug = program.command("debug").helpCommand(false).description("What the program sees.");
  debug
    .command("config")
    .description("Print the merged configuration of the directory, secrets left out.")
    .option("--sources", "print which file or variable set each value instead")
    .action(async (_: unknown, self: Command) => {
      const { config } = await import("./debug");
      finish(await config(context, self.optsWithGlobals<DebugConfigOptions>()));
    });
  debug
    .command("paths")
    .description("Print where things are kept.")
    .action(async () => finish(await (await import("./debug")).paths(context)));
}

function addCompletion(program: Command, context: CLIContext, finish: Finish): void {
  program
    .command("completion")
    .description("Print a script that completes commands in a shell.")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `\n${examples([
        'bash: eval "$(opencode completion bash)"        in ~/.bashrc',
        'zsh:  eval "$(opencode completion zsh)"         in ~/.zshrc, after compinit',
        "fish: opencode completion fish | source         in config.fish",
      ])}`,
    )
    .action(async (shell: string) => {
      const { completion } = await import("./completion");
      finish(completion(context, shell, program));
    });
}

function examples(lines: readonly string[]): string {
  return ["Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}

/** Commander's words, as all our errors begin and with what to do at the end. */
function formatUsageError(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\n+/g, " ")
    .replace(/\.$/, "");
  const hint = /unknown option '-/.test(line) ? ' A message that begins so comes after "--".' : "";
  return `Error: ${line}.${hint} See opencode --help.\n`;
}
