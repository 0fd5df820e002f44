// A command line, or what it left running, as a job: its new output, its end, and how to end it.
import { plural } from "@/base/text";
import type { RunningShell } from "@/host/running-shell";
import type { JobEnd, JobWork } from "./tool";

/** Of what is new, so much is shown; the rest is in the file, or lost. */
const NEW_MAX_CHARACTERS = 8_000;

/** Short: models write it again and again. */
const ID_DIGITS = 6;

interface ShownSoFar {
  /** How many bytes of its output the call has shown already. */
  shown: number;
  /** The shell itself has ended: this is what it left running, and nobody waits for that. */
  isRest: boolean;
}

/** `shell` is kept: from now on the job owns it. */
export function shellJob(command: string, shell: RunningShell, so: ShownSoFar): JobWork {
  let at = so.shown;
  const readNew = () => {
    const { lost, text, to } = shell.since(at);
    at = to;
    return cutNew(text, lost, shell.spillPath);
  };
  let stopping: Promise<void> | undefined;
  const gone = Promise.withResolvers<void>();
  void (so.isRest ? shell.gone() : shell.exited).then(gone.resolve);
  const ended = gone.promise.then(async (): Promise<JobEnd> => {
    if (!stopping) return endOf(shell, so.isRest);
    await stopping;
    return { status: "stopped", text: "" };
  });
  return {
    id: `shell_${shell.id.slice(-ID_DIGITS)}`,
    kind: "shell",
    title: command,
    ended,
    readNew,
    tail: () => shell.tail(),
    stop: () => {
      stopping ??= stop(shell).then(gone.resolve);
      return stopping;
    },
    ...(so.isRest ? { isQuiet: true } : {}),
  };
}

async function stop(shell: RunningShell): Promise<void> {
  const { settled } = await shell.end("aborted");
  await settled;
}

async function endOf(shell: RunningShell, isRest: boolean): Promise<JobEnd> {
  const { endedBy, exitCode, survivors } = await shell.end("exited");
  if (survivors.length > 0) void shell.gone().then(() => shell.leave());
  if (isRest) return { status: "completed", text: "(It has ended)" };
  const how = exitCode === null ? `(Ended by ${endedBy ?? "a signal"})` : `(Exit code ${exitCode})`;
  return { status: exitCode === 0 ? "completed" : "failed", text: how };
}

function cutNew(text: string, lost: number, spillPath: string | undefined): string {
  const shown = text.slice(-NEW_MAX_CHARACTERS);
  const left = lost + text.length - shown.length;
  if (left === 0) return shown;
  const place = spillPath === undefined ? "" : `; all of it is in ${spillPath}`;
  return `(${plural(left, "character")} left out${place})\n${shown}`;
}
