// Jobs: what goes on in the background of a session and its subagents: list it, look at the end of
// what it said, end it, and send what the session waits for there.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { Job, JobOutput } from "@/schema/job";
import { SessionID } from "@/schema/primitive";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function jobRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get(
      "/experimental/session/:sessionID/background",
      ({ instance, params: { sessionID } }) => {
        return instance.jobs.list(instance.sessions.get(sessionID).id);
      },
      list,
    )
    .post(
      "/experimental/session/:sessionID/background",
      ({ instance, params: { sessionID } }) => {
        return instance.jobs.release(instance.sessions.get(sessionID).id);
      },
      release,
    )
    .get(
      "/experimental/session/:sessionID/background/:jobID",
      ({ instance, params: { jobID, sessionID } }) => instance.jobs.tail(sessionID, jobID),
      get,
    )
    .delete(
      "/experimental/session/:sessionID/background/:jobID",
      async ({ instance, params: { jobID, sessionID } }) => {
        return (await instance.jobs.stop(sessionID, jobID)).job;
      },
      stop,
    );
}

const ofSession = t.Object({ sessionID: SessionID });
const ofJob = t.Object({ sessionID: SessionID, jobID: t.String() });

const list = operation({
  id: "experimental.session.background.list",
  group: "Sessions",
  place: "directory",
  summary: "List background jobs",
  description: "The oldest first: those of the session, of those above it, and of their subagents.",
  params: ofSession,
  response: t.Array(Job),
});

const release = operation({
  id: "experimental.session.background",
  group: "Sessions",
  place: "directory",
  summary: "Send running calls to the background",
  description: "Tasks and commands that the session waits for. False when there are none.",
  params: ofSession,
  response: t.Boolean(),
});

const get = operation({
  id: "experimental.session.background.get",
  group: "Sessions",
  place: "directory",
  summary: "Get a background job and the end of its output",
  params: ofJob,
  response: JobOutput,
});

const stop = operation({
  id: "experimental.session.background.stop",
  group: "Sessions",
  place: "directory",
  summary: "Stop a background job",
  description: "Answers when it has ended; one that has ended already stays as it is.",
  params: ofJob,
  response: Job,
});
