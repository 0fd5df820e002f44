import { expect, test } from "bun:test";
import { questionTool } from "@/tool/question";
import { toolBench } from "@test/support/tool-context";

const question = (text: string) => ({
  question: text,
  header: "h",
  options: [{ label: "A", description: "a" }],
});

test("gives the answers beside their questions", async () => {
  await using bench = await toolBench();
  const result = await bench.run(
    questionTool,
    { questions: [question("Which?"), question("What?")] },
    { askQuestions: async () => [["A", "B"], []] },
  );
  expect(result.title).toBe("Asked 2 questions");
  expect(result.output).toStartWith(
    'User has answered your questions: "Which?"="A, B", "What?"="Unanswered".',
  );
  expect(result.metadata).toEqual({ answers: [["A", "B"], []] });
});

test("a dismissed question fails the call", async () => {
  await using bench = await toolBench();
  expect(await bench.failure(questionTool, { questions: [question("Which?")] })).toBe(
    "The user dismissed this question",
  );
});
