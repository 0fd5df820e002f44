// job: what the model sees and does of work in the background: lists it, reads what is new, waits
// for it, ends it. Who keeps it is the session.
import { notFound } from "@/base/error";
import { t, type Static } from "@/base/schema";
import type { Job } from "@/schema/job";
import description from "./job.txt" with { type: "text" };
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const WAIT_MAX_MS = 600_000;

const parameters = t.Object({
  id: t.Optional(t.String()),
  wait: t.Optional(t.Number()),
  stop: t.Optional(t.Boolean()),
});

export const jobTool = defineTool({ id: "job", description, parameters, run });

async function run(input: Static<typeof parameters>, context: ToolContext): Promise<ToolResult> {
  const { jobs } = context;
  const listed = jobs?.list() ?? [];
  const now = context.host.clock.now();
  if (input.id === undefined) {
    const lines = listed.map((job) => formatLine(job, now));
    const output = lines.join("\n") || "There are no background jobs";
    return { title: "Background jobs", output, metadata: { jobs: listed, truncated: false } };
  }
  if (!jobs || !listed.some(({ id }) => id === input.id)) {
    const ids = listed.map(({ id }) => id).join(", ") || "none";
    throw notFound("Job", input.id, `There are: ${ids}. Jobs end with the program`);
  }
  const waitMs = Math.min(Math.max(0, input.wait ?? 0), WAIT_MAX_MS);
  const read = input.stop
    ? await jobs.stop(input.id)
    : await jobs.read(input.id, waitMs, context.signal);
  context.signal.throwIfAborted();
  const output = formatJob(read.job, read.text, context.host.clock.now());
  return { title: read.job.title, output, metadata: { job: read.job } };
}

/** A job with what it said, as the model reads it. */
export function formatJob(job: Job, text: string, now: number): string {
  const about = `<job id="${job.id}" status="${job.status}" seconds="${seconds(job, now)}">`;
  return `${about}\n${text.trim() === "" ? "(nothing new)" : text.trimEnd()}\n</job>`;
}

function formatLine(job: Job, now: number): string {
  return `${job.id} ${job.kind} ${job.status} ${seconds(job, now)}s: ${job.title}`;
}

function seconds({ time }: Job, now: number): number {
  return Math.round(((time.end ?? now) - time.start) / 1_000);
}
