// Questions: what models ask people. The first answer counts.
import { type AnyElysia, Elysia } from "elysia";
import type { App } from "@/app/app";
import { t } from "@/base/schema";
import { QuestionID } from "@/schema/primitive";
import { QuestionReplyInput, QuestionRequest } from "@/schema/question";
import { operation } from "@/server/operation";
import { inDirectory } from "@/server/request-context";

export function questionRoutes(app: App): AnyElysia {
  return new Elysia()
    .use(inDirectory(app))
    .get("/question", ({ instance }) => instance.questions.list(), list)
    .post(
      "/question/:requestID/reply",
      ({ instance, params, body }) => {
        instance.questions.reply(params.requestID, body.answers);
        return true;
      },
      reply,
    )
    .post(
      "/question/:requestID/reject",
      ({ instance, params }) => {
        instance.questions.reject(params.requestID);
        return true;
      },
      reject,
    );
}

const params = t.Object({ requestID: QuestionID });

const list = operation({
  id: "question.list",
  group: "Questions",
  place: "directory",
  summary: "List open questions",
  response: t.Array(QuestionRequest),
});

const reply = operation({
  id: "question.reply",
  group: "Questions",
  place: "directory",
  summary: "Answer a question",
  params,
  body: QuestionReplyInput,
  response: t.Boolean(),
  errors: [409],
});

const reject = operation({
  id: "question.reject",
  group: "Questions",
  place: "directory",
  summary: "Leave a question without an answer",
  params,
  response: t.Boolean(),
  errors: [409],
});
