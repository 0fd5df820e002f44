// Runs a command line in a shell and gives back what it printed. The call ends with the shell: a
// child that lives on, or holds the pipe, is reported and never waited for.
import { RunningShell, type ShellEnd, type ShellOptions, type ShellResult } from "./running-shell";

export interface RunOptions extends ShellOptions {
  signal: AbortSignal;
  timeoutMs: number;
  /** What the shell leaves running, or whatever outlasts the time limit too, is given as `kept`. */
  keep?: "survivors" | "all";
  /** Resolves when nobody wants to wait any longer, as after the time limit. */
  released?: Promise<void>;
}

export interface RunResult extends ShellResult {
  /** The shell that goes on, or its children do; whoever asked for it owns it from now on. */
  kept?: RunningShell;
}

/**
 * Runs `command` to its end. Resolves soon after the shell itself has ended, whoever holds its
 * output; what survivors print later is dropped unless they are kept. A non-zero exit is a result.
 * On abort and timeout every process of the call is ended. Rejects as a RunningShell throws.
 */
export async function runShell(command: string, options: RunOptions): Promise<RunResult> {
  if (options.signal.aborted) return nothingRun();
  const shell = new RunningShell(command, options);
  const how = await waitForEnd(shell.exited, options);
  const goesOn = how === "released" || (how === "timeout" && options.keep === "all");
  const result = goesOn ? shell.soFar() : await shell.end(how);
  if (goesOn || (options.keep && result.survivors.length > 0)) {
    shell.keep();
    return { ...result, timedOut: how === "timeout", kept: shell };
  }
  await shell.leave();
  return result;
}

function nothingRun(): ShellResult {
  return {
    output: "",
    bytes: 0,
    exitCode: null,
    truncated: false,
    timedOut: false,
    aborted: true,
    survivors: [],
    settled: Promise.resolve(),
  };
}

/** Which comes first: the end of the shell, the timeout, the abort, or that it is released. */
function waitForEnd(exited: Promise<void>, options: RunOptions): Promise<ShellEnd | "released"> {
  return new Promise((resolve) => {
    const finish = (how: ShellEnd | "released") => {
      cancelTimer();
      options.signal.removeEventListener("abort", onAbort);
      resolve(how);
    };
    const onAbort = () => finish("aborted");
    const cancelTimer = options.clock.timer(options.timeoutMs, () => finish("timeout"));
    options.signal.addEventListener("abort", onAbort, { once: true });
    void exited.then(() => finish("exited"));
    void options.released?.then(() => finish("released"));
  });
}
