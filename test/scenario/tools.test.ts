// Tools that reach into the session itself: questions to the person, todo lists, subagents.
import { expect, test } from "bun:test";
import { sessionApp, trace } from "@test/support/session-app";

const question = {
  tool: "question",
  input: {
    questions: [
      {
        question: "Which?",
        header: "Pick",
        options: [
          { label: "A", description: "a" },
          { label: "B", description: "b" },
        ],
      },
    ],
  },
};

test("a question is asked, answered, and its answer read by the model", async () => {
  await using t = await sessionApp({ turns: [{ calls: [question] }, { text: "B it is" }] });
  const session = t.create();
  const asked = t.next("question.asked");
  const answered = t.prompt(session, "Ask me");
  t.instance.questions.reply((await asked).id, [["B"]]);
  await answered;
  expect(t.calls(session)).toMatchObject([
    { state: { status: "completed", metadata: { answers: [["B"]] } } },
  ]);
  expect(t.model.requests[1]?.body).toContain('\\"Which?\\"=\\"B\\"');
});

test("a dismissed question ends the turn", async () => {
  await using t = await sessionApp({ turns: [{ calls: [question] }] });
  const session = t.create();
  const asked = t.next("question.asked");
  const answered = t.prompt(session, "Ask me");
  t.instance.questions.reject((await asked).id);
  expect((await answered).info).toMatchObject({ finish: "tool-calls" });
  expect(t.calls(session)).toMatchObject([
    { state: { status: "error", error: "The user dismissed this question" } },
  ]);
  expect(t.model.requests).toHaveLength(1);
});

test("where nobody can answer the question tool is not offered", async () => {
  await using t = await sessionApp({ turns: [{ text: "Hi" }] });
  t.instance.questions.policy = "reject";
  await t.prompt(t.create(), "Hi");
  expect(t.model.requests[0]?.request.tools.map(({ name }) => name)).not.toContain("question");
});

test("a todo list is stored and told", async () => {
  const todos = [{ content: "Write", status: "pending", priority: "high" }];
  const turns = [{ calls: [{ tool: "todowrite", input: { todos } }] }, { text: "Noted" }];
  await using t = await sessionApp({ turns });
  const session = t.create();
  await t.prompt(session, "Plan");
  expect(t.instance.sessions.todos(session.id)).toMatchObject(todos);
  expect(t.told("todo.updated")).toMatchObject([{ sessionID: session.id, todos }]);
});

test("a subagent works in a child session and gives its answer to the parent", async () => {
  const task = { description: "Look", prompt: "Find a", subagent_type: "general" };
  await using t = await sessionApp({
    files: { "a.txt": "found me" },
    turns: [
      { calls: [{ tool: "task", input: task }] },
      { calls: [{ tool: "read", input: { filePath: "a.txt" } }] },
      { text: "It says: found me" },
      { text: "Thanks" },
    ],
  });
  const session = t.create();
  await t.prompt(session, "Delegate");
  const [child] = t.instance.sessions.children(session.id);
  expect(child).toMatchObject({ parentID: session.id, title: "Look (@general subagent)" });
  expect(t.calls(session)).toMatchObject([
    {
      state: {
        status: "completed",
        output: expect.stringContaining("It says: found me"),
        metadata: { sessionId: child?.id, parentSessionId: session.id },
      },
    },
  ]);
  const idle = t.told("session.idle").map(({ sessionID }) => sessionID);
  expect(idle).toEqual([child?.id ?? "", session.id]);
  expect(trace(t.events)).toContain("message.part.updated(tool task completed)");
  expect(t.model.sideRequests).toHaveLength(0);
  expect(t.model.violations).toEqual([]);
});
