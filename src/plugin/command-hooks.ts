// Hooks as plain commands: what `hooks` of the configuration names runs at its event, is told of it
// as JSON on standard input, and decides by its exit code (2 refuses, and what it says on standard
// error is read by the model) or by JSON on standard output. Commands stand behind the same seam as
// plugins do. They run one after the other, each within its time and with all that it starts.
import type { Env } from "@/base/env";
import { errorMessage } from "@/base/error";
import { runProcess } from "@/base/process";
import type { ConfigService } from "@/config/config-service";
import { isRecord, type JSONRecord } from "@/config/json";
import type { Config, HookCommand, HooksConfig } from "@/schema/config";
import { readAnswer, type CommandAnswer } from "./command-answer";
import { commonToolName, matches, withoutSnakeCase, withSnakeCase } from "./command-names";
import type { HookInput, HookName, HookOutput } from "./hook-types";
import { type HookHandler, hookRefusal, type HookSource } from "./hooks";
import { Reports } from "./reports";

export interface CommandHooksOptions {
  config: Pick<ConfigService, "get">;
  /** Where commands run. */
  directory: string;
  worktree: string;
  env: Env;
  /** The command line as a shell runs it. */
  shell(command: string): Promise<readonly string[]>;
  report(problem: string): void;
}

type EventName = keyof HooksConfig;

/** What a command is told, besides what all are told. */
interface Occasion {
  event: EventName;
  sessionID: string;
  /** What matchers are compared with. */
  names: readonly string[];
  facts: JSONRecord;
  signal: AbortSignal | undefined;
}

const NAME = "hooks in the configuration";
const TIMEOUT_SECONDS = 60;
const TIMEOUT_MAX_SECONDS = 600;
const OUTPUT_MAX_BYTES = 1024 * 1024;

export class CommandHooks {
  readonly #options: CommandHooksOptions;
  readonly #reports: Reports;
  #made: { config: Config; source: HookSource } | undefined;

  constructor(options: CommandHooksOptions) {
    this.#options = options;
    this.#reports = new Reports((problem) => options.report(problem));
  }

  /** The handlers of the present configuration: none for what it names no command for. */
  async source(): Promise<HookSource> {
    const { config } = await this.#options.config.get();
    if (this.#made?.config !== config) this.#made = { config, source: this.#make(config) };
    return this.#made.source;
  }

  #make({ hooks = {} }: Config): HookSource {
    const named = (event: EventName) => (hooks[event] ?? []).length > 0;
    const handlers: Partial<Record<HookName, HookHandler>> = {
      ...(named("PreToolUse") && {
        "tool.execute.before": handler<"tool.execute.before">((...args) => this.#before(...args)),
      }),
      ...(named("PostToolUse") && {
        "tool.execute.after": handler<"tool.execute.after">((...args) => this.#after(...args)),
      }),
      ...(named("UserPromptSubmit") && {
        "chat.message": handler<"chat.message">((...args) => this.#prompt(...args)),
      }),
      ...(named("SessionStart") && {
        "session.start": handler<"session.start">((...args) => this.#start(...args)),
      }),
      ...(named("Stop") && {
        "session.stop": handler<"session.stop">((...args) => this.#stop(...args)),
      }),
    };
    const limitMs = (TIMEOUT_MAX_SECONDS + TIMEOUT_SECONDS) * 1_000;
    return { name: NAME, isOfProject: false, handlers, limitMs };
  }

  async #before(
    { callID, sessionID, tool }: HookInput<"tool.execute.before">,
    output: HookOutput<"tool.execute.before">,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const occasion = { event: "PreToolUse", sessionID, signal, ...ofTool(tool) } as const;
    for (const command of await this.#commands(occasion)) {
      const args = isRecord(output.args) ? output.args : {};
      const facts = { ...occasion.facts, tool_use_id: callID, tool_input: withSnakeCase(args) };
      const answer = await this.#run(command, { ...occasion, facts });
      if (answer.block !== undefined) throw hookRefusal(answer.block);
      output.ask ??= answer.ask;
      if (answer.input) output.args = withoutSnakeCase(answer.input, args);
    }
  }

  async #after(
    { args, callID, sessionID, tool }: HookInput<"tool.execute.after">,
    output: HookOutput<"tool.execute.after">,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const occasion = { event: "PostToolUse", sessionID, signal, ...ofTool(tool) } as const;
    const { title, output: text, metadata } = output;
    const facts = {
      ...occasion.facts,
      tool_use_id: callID,
      tool_input: withSnakeCase(isRecord(args) ? args : {}),
      tool_response: { title, output: text, metadata },
    };
    for (const command of await this.#commands(occasion)) {
      const answer = await this.#run(command, { ...occasion, facts });
      for (const words of [answer.block, answer.context]) {
        if (words !== undefined) output.output += `\n\n<hook>\n${words}\n</hook>`;
      }
    }
  }

  async #prompt(
    { parentID, sessionID }: HookInput<"chat.message">,
    { message, parts }: HookOutput<"chat.message">,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (parentID !== undefined) return; // a subagent's: nobody has written it
    const texts = parts.flatMap((part) =>
      part.type === "text" && !part.synthetic ? part.text : [],
    );
    const facts = { prompt: texts.join("\n") };
    const occasion = { event: "UserPromptSubmit", sessionID, names: [], facts, signal } as const;
    for (const command of await this.#commands(occasion)) {
      const answer = await this.#run(command, occasion);
      if (answer.block !== undefined) throw hookRefusal(`A hook refused it: ${answer.block}`);
      if (answer.context === undefined) continue;
      const owner = { id: "", sessionID, messageID: message.id };
      parts.push({ ...owner, type: "text", text: answer.context, synthetic: true });
    }
  }

  async #start(
    { sessionID, source }: HookInput<"session.start">,
    output: HookOutput<"session.start">,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const facts = { source };
    const occasion = { event: "SessionStart", sessionID, names: [source], facts, signal } as const;
    for (const command of await this.#commands(occasion)) {
      const { context } = await this.#run(command, occasion);
      if (context !== undefined) output.context.push(context);
    }
  }

  async #stop(
    { isContinued, sessionID }: HookInput<"session.stop">,
    output: HookOutput<"session.stop">,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const facts = { stop_hook_active: isContinued };
    const occasion = { event: "Stop", sessionID, names: [], facts, signal } as const;
    for (const command of await this.#commands(occasion)) {
      const { block } = await this.#run(command, occasion);
      if (block !== undefined) output.prompt = [output.prompt, block].filter(Boolean).join("\n\n");
    }
  }

  /** Those that are for this event and these names. */
  async #commands({ event, names }: Pick<Occasion, "event" | "names">): Promise<HookCommand[]> {
    const { config } = await this.#options.config.get();
    const groups = config.hooks?.[event] ?? [];
    return groups.flatMap(({ matcher, hooks }) => {
      try {
        return names.length === 0 || matches(matcher, names) ? hooks : [];
      } catch (error) {
        this.#reports.once(`hooks.${event}: matcher "${matcher}": ${errorMessage(error)}`);
        return [];
      }
    });
  }

  /** Runs the command; one that does not work is reported and decides nothing. */
  async #run(hook: HookCommand, occasion: Occasion): Promise<CommandAnswer> {
    const { directory, env, report, shell, worktree } = this.#options;
    const { event, facts, sessionID, signal } = occasion;
    const told = { session_id: sessionID, cwd: directory, hook_event_name: event, ...facts };
    const seconds = Math.min(hook.timeout ?? TIMEOUT_SECONDS, TIMEOUT_MAX_SECONDS);
    const result = await runProcess(await shell(hook.command), {
      cwd: directory,
      env: { ...env, OPENCODE_PROJECT_DIR: worktree, CLAUDE_PROJECT_DIR: worktree },
      stdin: `${JSON.stringify(told)}\n`,
      timeoutMs: seconds * 1_000,
      maxBytes: OUTPUT_MAX_BYTES,
      ...(signal ? { signal } : {}),
    }).catch((error: unknown) => errorMessage(error));
    signal?.throwIfAborted();
    const answer =
      typeof result === "string" ? { problem: result } : readAnswer(hook.command, result);
    if (answer.problem !== undefined) {
      this.#reports.once(`The hook ${hook.command} (hooks.${event}) failed: ${answer.problem}`);
    }
    if (answer.message !== undefined) report(answer.message);
    return answer;
  }
}

function ofTool(tool: string): Pick<Occasion, "names" | "facts"> {
  const name = commonToolName(tool);
  return { names: [tool, name], facts: { tool, tool_name: name } };
}

/** The seam does not know which input and output go with which name; here they do. */
function handler<N extends HookName>(
  run: (input: HookInput<N>, output: HookOutput<N>, signal?: AbortSignal) => Promise<void>,
): HookHandler {
  return (input, output, signal) => run(input as HookInput<N>, output as HookOutput<N>, signal);
}
