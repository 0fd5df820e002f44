// The loop: steps of the model and its tools until a prompt is answered. Control flow only: what a
// step does is step.ts, what a call does is tool-call.ts; their failures are results, not throws.
import { assert } from "@/base/assert";
import type { MessageWithParts } from "@/schema/message";
import type { Conversation } from "./conversation";
import { DoomLoop } from "./doom-loop";
import type { Run } from "./runs";
import { runStep, type StepServices } from "./step";

/**
 * Answers the prompts of `run` until none waits, and gives the last answer. A failure or an abort
 * is the error of that answer; prompts that waited when the run was aborted are answered with the
 * abort as well. Rejects only when the answer could not even be stored.
 */
export async function runLoop(
  run: Run,
  conversation: Conversation,
  services: StepServices,
): Promise<MessageWithParts> {
  let turn = { steps: 0, doomLoop: new DoomLoop() };
  let outcome = "stop";
  for (;;) {
    const prompts = run.takePrompts();
    conversation.add(prompts);
    if (prompts.length > 0) turn = { steps: 0, doomLoop: new DoomLoop() };
    else if (outcome === "stop") break;
    turn.steps++;
    outcome = await runStep({ run, conversation, turn }, services);
  }
  const answer = conversation.answer();
  assert(answer, "a run begins with a prompt, and a step answers it");
  return answer;
}
