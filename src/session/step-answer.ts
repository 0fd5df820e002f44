// The model's answer as it streams in: each event becomes changes of parts, a failed attempt takes
// back what it said, and in the end every part is closed, or is a call that waits to be run.
import type { FinishReason, ModelEvent, Usage } from "@/llm/model-event";
import type { MessageError } from "@/schema/message-error";
import type { Part } from "@/schema/part";
import type { Records } from "./records";
import type { Run } from "./runs";
import type { PartChange, StepParts } from "./step-parts";
import type { StepWriter } from "./step-writer";
import { estimateParts } from "./token-estimate";

/** How the answer ended: with a reason, an error, or both when it came whole but is of no use. */
export interface StreamedAnswer {
  reason?: FinishReason;
  usage?: Usage;
  error?: MessageError;
  /** Attempts that failed after they had begun to answer, and tokens that came in them, roughly. */
  lost?: { attempts: number; output: number };
}

/** Reads the stream to its end. Throws only what storing throws; the stream is left then. */
export async function streamAnswer(
  stream: AsyncIterable<ModelEvent>,
  { parts, run, writer }: { parts: StepParts; run: Run; writer: StepWriter },
  records: Records,
): Promise<StreamedAnswer> {
  const answer: StreamedAnswer = {};
  for await (const event of stream) {
    switch (event.type) {
      case "retry": {
        noteLost(answer, parts.parts);
        records.together(() => writer.write(parts.reset()));
        const { attempt, message, next } = event;
        run.setStatus({ type: "retry", attempt, message, next });
        break;
      }
      case "attempt":
        run.setStatus({ type: "busy" });
        break;
      case "finish":
        answer.reason = event.reason;
        answer.usage = event.usage;
        break;
      case "error":
        if (!answer.usage) noteLost(answer, parts.parts);
        answer.error = event.error;
        break;
      default:
        writer.write(parts.apply(event));
    }
  }
  const changes = endOf(parts, answer.error);
  if (changes.length > 0) records.together(() => writer.write(changes));
  return answer;
}

function endOf(parts: StepParts, error: MessageError | undefined): PartChange[] {
  if (!error) return parts.close();
  const cut = error.name === "MessageAbortedError" ? "was aborted" : "failed";
  return parts.fail(`Not run: the answer that holds this call ${cut}`);
}

/** What was answered is paid for, though no provider says how much it was. */
function noteLost(answer: StreamedAnswer, parts: readonly Part[]): void {
  if (parts.length === 0) return;
  const { attempts, output } = answer.lost ?? { attempts: 0, output: 0 };
  answer.lost = { attempts: attempts + 1, output: output + estimateParts(parts) };
}
