// plan_exit: asks the person whether the plan that was written is to be carried out. Who carries it
// out, and how the session gets there, is the session's.
import { invalid } from "@/base/error";
import { t } from "@/base/schema";
import { findKind } from "./file-target";
import description from "./plan-exit.txt" with { type: "text" };
import { defineTool, type ToolContext, type ToolResult } from "./tool";

const YES = "Yes";

export const planExitTool = defineTool({
  id: "plan_exit",
  description,
  parameters: t.Object({}),
  run: (_, context) => run(context),
});

async function run(context: ToolContext): Promise<ToolResult> {
  const { planMode } = context;
  if (!planMode) throw invalid("There is no plan mode here");
  const { file } = planMode;
  await context.ask({ permission: "plan_exit", patterns: ["*"], always: ["*"], metadata: {} });
  if ((await findKind(file)) !== "file") throw invalid(`Write the plan into ${file} first`);
  const options = [
    { label: YES, description: "Switch to the build agent and carry the plan out" },
    { label: "No", description: "Go on planning" },
  ];
  const question = `The plan is in ${file}. Carry it out?`;
  const [answer] = await context.askQuestions([{ question, header: "Plan", options }]);
  const said = answer?.join(", ") ?? "";
  const metadata = { file, approved: said === YES };
  if (said !== YES) {
    const output = `The user does not want it carried out yet and said: "${said}". Go on planning.`;
    return { title: "Plan not approved", output, metadata };
  }
  await planMode.leave();
  return { title: "Plan approved", output: "The user has approved the plan.", metadata };
}
