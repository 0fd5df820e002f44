// Questions that the model puts to the person, and their answers.

import { t, type Static } from "@/base/schema";
import { MessageID, QuestionID, SessionID } from "./primitive";

export const QuestionOption = t.Object(
  { label: t.String(), description: t.String() },
  { $id: "QuestionOption" },
);
export type QuestionOption = Static<typeof QuestionOption>;

/** `multiple` allows several options, `custom` an answer of one's own words. */
export const QuestionInfo = t.Object(
  {
    question: t.String(),
    header: t.String(),
    options: t.Array(QuestionOption),
    multiple: t.Optional(t.Boolean()),
    custom: t.Optional(t.Boolean()),
  },
  { $id: "QuestionInfo" },
);
export type QuestionInfo = Static<typeof QuestionInfo>;

export const QuestionTool = t.Object(
  { messageID: MessageID, callID: t.String() },
  { $id: "QuestionTool" },
);
export type QuestionTool = Static<typeof QuestionTool>;

/** One call may ask several questions, answered together. */
export const QuestionRequest = t.Object(
  {
    id: QuestionID,
    sessionID: SessionID,
    questions: t.Array(QuestionInfo),
    tool: t.Optional(QuestionTool),
  },
  { $id: "QuestionRequest" },
);
export type QuestionRequest = Static<typeof QuestionRequest>;

/** The labels chosen, or the words written, for one question. */
export const QuestionAnswer = t.Array(t.String(), { $id: "QuestionAnswer" });
export type QuestionAnswer = Static<typeof QuestionAnswer>;

/** One answer for each question, in their order. */
export const QuestionReplyInput = t.Object(
  { answers: t.Array(QuestionAnswer) },
  { $id: "QuestionReplyInput" },
);
export type QuestionReplyInput = Static<typeof QuestionReplyInput>;
