// What the panel of questions to the person shows: each question, and what was answered.
import type { TextChunk } from "@opentui/core";
import { plural } from "@/base/text";
import type { ToolPart } from "@/schema/part";
import { ink, styled, wrapped } from "./style";
import type { DescribePanel } from "./tool-panel";
import { oneLine } from "./words";

export const describeQuestions: DescribePanel = (ui, _, part) => {
  const questions = questionsOf(part);
  const answers = answersOf(part);
  return {
    icon: "→",
    title: `Asked ${plural(questions.length, "question")}`,
    isAsking: true,
    body: () => {
      if (answers.length === 0) return [];
      const text = wrapped(ui);
      const chunks = questions.flatMap((question, at): TextChunk[] => [
        ink(ui, "textMuted", `${at === 0 ? "" : "\n"}${oneLine(question)}\n`),
        ink(ui, "text", `  ${oneLine(answers[at]?.join(", ") || "not answered")}`),
      ]);
      text.content = styled(...chunks);
      return [text];
    },
  };
};

function questionsOf({ state }: ToolPart): string[] {
  const { questions } = state.input;
  if (!Array.isArray(questions)) return [];
  return questions.flatMap((one: { question?: unknown } | null) => {
    return typeof one?.question === "string" ? [one.question] : [];
  });
}

function answersOf({ state }: ToolPart): string[][] {
  const answers = state.status === "completed" ? state.metadata["answers"] : undefined;
  return Array.isArray(answers) ? (answers as string[][]) : [];
}
