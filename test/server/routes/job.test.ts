import { expect, test } from "bun:test";
import type { Job, JobOutput } from "@/schema/job";
import type { Session } from "@/schema/session";
import { Contract } from "@test/support/contract";
import type { NeutralRequest } from "@test/support/scripted-model/turn";
import { testApp } from "@test/support/test-app";

const bash = (input: object) => ({ calls: [{ tool: "bash", input }] });

test("jobs are listed, looked at and stopped", async () => {
  await using t = await testApp({
    turns: [bash({ command: "echo up; exec sleep 300", background: true }), { text: "Started" }],
  });
  const contract = await Contract.of(t);
  const session = (await contract.call("session.create", { body: { title: "T" } })).body as Session;
  const params = { sessionID: session.id };
  const list = async () => {
    return (await contract.call("experimental.session.background.list", { params })).body as Job[];
  };
  expect(await list()).toEqual([]);
  const body = { parts: [{ type: "text", text: "Serve" }] };
  await contract.call("session.prompt", { params, body });
  const [job = expect.unreachable()] = await list();
  expect(job).toMatchObject({ kind: "shell", status: "running", sessionID: session.id });
  const ofJob = { params: { ...params, jobID: job.id } };
  const got = await contract.call("experimental.session.background.get", ofJob);
  expect(got.body as JobOutput).toEqual({ job, output: "up\n" });
  const stopped = await contract.call("experimental.session.background.stop", ofJob);
  expect(stopped.body).toMatchObject({ id: job.id, status: "stopped" });
  expect(await list()).toEqual([stopped.body as Job]);
});

test("what runs is sent to the background; an idle session has nothing to send", async () => {
  await using t = await testApp({
    turns: [bash({ command: "echo up; exec sleep 300" }), { text: "Meanwhile" }],
  });
  const contract = await Contract.of(t);
  const session = (await contract.call("session.create", { body: { title: "T" } })).body as Session;
  const params = { sessionID: session.id };
  const release = async () => {
    return (await contract.call("experimental.session.background", { params })).body;
  };
  expect(await release()).toBe(false);
  const body = { parts: [{ type: "text", text: "Serve" }] };
  const answered = contract.call("session.prompt", { params, body });
  await t.model.waitForRequest(0);
  while (!(await release()));
  expect((await answered).body).toMatchObject({
    parts: expect.arrayContaining([expect.objectContaining({ text: "Meanwhile" })]),
  });
});

test("sessions and jobs that are not there are not found", async () => {
  await using t = await testApp();
  const contract = await Contract.of(t);
  const params = { sessionID: "ses_unknown" };
  for (const id of ["experimental.session.background", "experimental.session.background.list"]) {
    await contract.call(id, { params, status: 404 });
  }
  for (const id of [
    "experimental.session.background.get",
    "experimental.session.background.stop",
  ]) {
    await contract.call(id, { params: { ...params, jobID: "shell_none" }, status: 404 });
  }
});

test("a task goes on when the client that asked for it has left", async () => {
  const gate = Promise.withResolvers<void>();
  const input = { description: "d", prompt: "Look", subagent_type: "general", background: true };
  const turn = ({ messages }: NeutralRequest) => {
    if (messages[0]?.text === "Look") return { text: "Found", gate: gate.promise };
    if (messages.at(-1)?.text.startsWith("A background job")) return { text: "It was found" };
    if (messages.at(-1)?.results.length) return { text: "Looking" };
    return { calls: [{ tool: "task", input }] };
  };
  await using t = await testApp({ turns: Array.from({ length: 4 }, () => turn) });
  const contract = await Contract.of(t);
  const session = (await contract.call("session.create", { body: { title: "T" } })).body as Session;
  const leave = new AbortController();
  const asked = fetch(new URL(`/session/${session.id}/message`, t.server.url), {
    method: "POST",
    headers: { "content-type": "application/json", "x-opencode-directory": t.directory },
    body: JSON.stringify({ parts: [{ type: "text", text: "Find it" }] }),
    signal: leave.signal,
  }).catch(() => "left");
  await t.model.waitForRequest(1);
  leave.abort();
  expect(await asked).toBe("left");
  gate.resolve();
  const { jobs, sessions } = await t.app.instances.get(t.directory);
  await t.model.waitForRequest(3);
  await jobs.settled(session.id);
  const { messages } = sessions.messages(session.id, { limit: 1 });
  expect(messages[0]?.parts).toContainEqual(expect.objectContaining({ text: "It was found" }));
  expect(t.model.violations).toEqual([]);
});
