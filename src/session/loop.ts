// The loop: steps of the model and its tools until a prompt is answered. Control flow only: what a
// step does is step.ts, what a call does is tool-call.ts, how room is made for more compaction.ts;
// their failures are results, not throws.
import { assert } from "@/base/assert";
import type { MessageWithParts } from "@/schema/message";
import type { Compactions } from "./compaction";
import type { Conversation } from "./conversation";
import { DoomLoop } from "./doom-loop";
import type { Run } from "./runs";
import { runStep, type StepOutcome, type StepServices, type Turn } from "./step";
import { runSubtasks } from "./subtasks";
import { isSyntheticPrompt } from "./synthetic-prompt";

export interface LoopServices extends StepServices {
  compactions: Compactions;
}

/**
 * Answers the prompts of `run` until none waits, and gives the last answer. A failure or an abort
 * is the error of that answer; prompts that waited when the run was aborted are answered with the
 * abort as well. Rejects only when the answer could not even be stored.
 */
export async function runLoop(
  run: Run,
  conversation: Conversation,
  services: LoopServices,
): Promise<MessageWithParts> {
  let turn = newTurn(false);
  let outcome: StepOutcome = "stop";
  for (;;) {
    const prompts = run.takePrompts();
    conversation.add(prompts);
    // What the program says in the middle of a turn begins no new one.
    if (prompts.some((prompt) => !isSyntheticPrompt(prompt))) turn = newTurn(true);
    else if (prompts.length === 0 && outcome === "stop") break;
    const stage = { run, conversation, turn };
    outcome = await runSubtasks(prompts, stage, services);
    if (outcome === "stop") continue;
    outcome = await services.compactions.makeRoom(stage);
    if (outcome === "stop") continue;
    outcome = await runStep(stage, services);
    if (outcome === "overflow") outcome = await services.compactions.recover(stage);
  }
  const answer = conversation.answer();
  assert(answer, "a run begins with a prompt, and a step answers it");
  return answer;
}

function newTurn(isAsked: boolean): Turn {
  return { steps: 0, isAsked, doomLoop: new DoomLoop(), structuredMisses: 0, continued: 0 };
}
