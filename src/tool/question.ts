// question: puts questions to the person and gives back their answers. Waiting is the session's.
import { t, type Static } from "@/base/schema";
import { plural } from "@/base/text";
import description from "./question.txt" with { type: "text" };
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const parameters = t.Object({
  questions: t.Array(
    t.Object({
      question: t.String(),
      header: t.String({ description: "At most 30 characters" }),
      options: t.Array(
        t.Object({
          label: t.String({ description: "1-5 words" }),
          description: t.String(),
        }),
      ),
      multiple: t.Optional(t.Boolean({ description: "Allow several" })),
    }),
  ),
});

export const questionTool = defineTool({ id: "question", description, parameters, run });

async function run(input: Static<typeof parameters>, context: ToolContext): Promise<ToolResult> {
  await context.ask({ permission: "question", patterns: ["*"], always: ["*"], metadata: {} });
  const answers = await context.askQuestions(input.questions);
  const pairs = input.questions.map(({ question }, index) => {
    return `"${question}"="${answers[index]?.join(", ") || "Unanswered"}"`;
  });
  return {
    title: `Asked ${plural(input.questions.length, "question")}`,
    output:
      `User has answered your questions: ${pairs.join(", ")}. ` +
      "You can now continue with the user's answers in mind.",
    metadata: { answers },
  };
}
