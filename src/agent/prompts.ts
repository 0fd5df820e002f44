// The texts of this program for models, each in a file of its own under prompt/.
// `system` is the base prompt, which the prompt of an agent replaces. `plan` or `planFile`, and
// `buildSwitch` are added to user messages, `maxSteps` when a turn may take no more steps; whoever
// adds them marks them as reminders.
import buildSwitch from "./prompt/build-switch.txt" with { type: "text" };
import compaction from "./prompt/compaction.txt" with { type: "text" };
import explore from "./prompt/explore.txt" with { type: "text" };
import init from "./prompt/init.txt" with { type: "text" };
import maxSteps from "./prompt/max-steps.txt" with { type: "text" };
import plan from "./prompt/plan.txt" with { type: "text" };
import planFile from "./prompt/plan-file.txt" with { type: "text" };
import review from "./prompt/review.txt" with { type: "text" };
import summary from "./prompt/summary.txt" with { type: "text" };
import system from "./prompt/system.txt" with { type: "text" };
import title from "./prompt/title.txt" with { type: "text" };

/** Each text without blank lines at its ends. `init` and `review` are command templates. */
export const prompts = {
  buildSwitch: buildSwitch.trim(),
  compaction: compaction.trim(),
  explore: explore.trim(),
  init: init.trim(),
  maxSteps: maxSteps.trim(),
  plan: plan.trim(),
  planFile: planFile.trim(),
  review: review.trim(),
  summary: summary.trim(),
  system: system.trim(),
  title: title.trim(),
} as const;
