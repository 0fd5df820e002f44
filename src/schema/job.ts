// Jobs: work that goes on when the call that began it has ended.

import { stringEnum, t, type Static } from "@/base/schema";
import { Timestamp } from "./primitive";

/** A command, or the task of a subagent (its id is that of the subagent's session). */
export const JobKind = stringEnum(["shell", "task"]);
export type JobKind = Static<typeof JobKind>;

/** "stopped" by the model, a person, or the end of its session. */
export const JobStatus = stringEnum(["running", "completed", "failed", "stopped"]);
export type JobStatus = Static<typeof JobStatus>;

/** `sessionID` is the session that began it. */
export const Job = t.Object(
  {
    id: t.String(),
    sessionID: t.String(),
    kind: JobKind,
    title: t.String(),
    status: JobStatus,
    time: t.Object({ start: Timestamp, end: t.Optional(Timestamp) }),
  },
  { $id: "Job" },
);
export type Job = Static<typeof Job>;

/** A job with the end of what it has said so far. */
export const JobOutput = t.Object({ job: Job, output: t.String() }, { $id: "JobOutput" });
export type JobOutput = Static<typeof JobOutput>;
