import { expect, test } from "bun:test";
import { notFound, unavailable } from "@/base/error";
import { taskTool } from "@/tool/task";
import { toolBench } from "@test/support/tool-context";
import type { SubagentInput } from "@/tool/tool";

const MODEL = { providerID: "p", modelID: "m" };
const INPUT = { description: "Look around", prompt: "Find it", subagent_type: "explore" };

test("runs the subagent and wraps its answer", async () => {
  await using bench = await toolBench();
  let received: SubagentInput | undefined;
  const result = await bench.run(
    taskTool,
    { ...INPUT, task_id: "ses_old" },
    {
      runSubagent: async (input) => {
        received = input;
        input.onStart?.({ sessionID: "ses_1", model: MODEL });
        return { sessionID: "ses_1", text: "Found.", model: MODEL };
      },
    },
  );
  expect(received).toMatchObject({ agent: "explore", prompt: "Find it", taskID: "ses_old" });
  const metadata = { parentSessionId: "ses_test", sessionId: "ses_1", model: MODEL };
  expect(result).toEqual({
    title: "Look around",
    output: '<task id="ses_1" state="completed">\n<task_result>\nFound.\n</task_result>\n</task>',
    metadata,
  });
  expect(bench.asks).toMatchObject([{ permission: "task", patterns: ["explore"] }]);
  expect(bench.reports).toEqual([{ title: "Look around", metadata }]);
});

test("a failure names the task that had begun", async () => {
  await using bench = await toolBench();
  const message = await bench.failure(taskTool, INPUT, {
    runSubagent: async (input) => {
      input.onStart?.({ sessionID: "ses_1", model: MODEL });
      throw unavailable("the model is gone");
    },
  });
  expect(message).toBe(
    '<task id="ses_1" state="error">\n<task_error>\nthe model is gone\n</task_error>\n</task>',
  );
});

test("an unknown agent is an error as the session words it", async () => {
  await using bench = await toolBench();
  const message = await bench.failure(taskTool, INPUT, {
    runSubagent: async () => {
      throw notFound("Agent", "explore");
    },
  });
  expect(message).toBe("Agent not found: explore");
});
