// What asks a person, in the place of the prompt box, as the specification draws it.
import { setDefaultTimeout, test } from "bun:test";
import type { PermissionRequest } from "@/schema/permission";
import type { QuestionRequest } from "@/schema/question";
import { expectFrame } from "@test/support/frames";
import { recordedTui } from "@test/support/recorded-tui";
import { SESSION, textPart, userMessage } from "@test/support/transcript";
import { answer, inSession, running, START } from "./recorded";

// Each draws a whole screen many times, on a busy machine, too.
setDefaultTimeout(180_000);

const BUSY = {
  status: { [SESSION]: { type: "busy" } },
  busySince: { [SESSION]: START },
} as const;

const BASH: PermissionRequest = {
  id: "per_000000000001aaaaaaaaaaaaaa",
  sessionID: SESSION,
  permission: "bash",
  patterns: ["git log --oneline -3", "rm -rf build"],
  always: ["git log *", "rm *"],
  metadata: {
    command: "git log --oneline -3 && rm -rf build",
    description: "Show the last commits",
  },
};

const PATCH = [
  "Index: src/app.ts",
  "--- src/app.ts",
  "+++ src/app.ts",
  "@@ -4,5 +4,6 @@",
  "   }",
  " ",
  "   export function greet(name: string) {",
  '-    console.log("hello " + name)',
  "+    const msg = `hello ${name}`",
  "+    console.log(msg)",
  "   }",
  "",
].join("\n");

const EDIT: PermissionRequest = {
  id: "per_000000000002aaaaaaaaaaaaaa",
  sessionID: SESSION,
  permission: "edit",
  patterns: ["src/app.ts"],
  always: ["*"],
  metadata: { filepath: "/home/user/proj/src/app.ts", diff: PATCH },
  tool: { messageID: "msg_0002", callID: "call_msg_0002_1" },
};

const QUESTION: QuestionRequest = {
  id: "que_000000000003aaaaaaaaaaaaaa",
  sessionID: SESSION,
  questions: [
    {
      header: "Database",
      question: "Which database?",
      options: [{ label: "SQLite", description: "A file" }],
    },
    {
      header: "Features",
      question: "Which features?",
      options: [
        { label: "Auth", description: "Login with passkeys" },
        { label: "Search", description: "Full text, SQLite FTS" },
      ],
      multiple: true,
    },
  ],
};

test("permission-edit-120", async () => {
  const tokens = { input: 2_800, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
  const messages = [
    userMessage(1, "Greet people by a template string"),
    answer(2, (id) => [running(id, 1, "edit", { input: { filePath: "src/app.ts" } })], {
      ...{ time: { created: START }, tokens },
    }),
  ];
  const permissions = [EDIT, { ...BASH, id: "per_9" }];
  const state = inSession(messages, { ...BUSY, permissions });
  await using tui = await recordedTui({ columns: 120, rows: 36, state, at: START });
  await tui.settle("Permission required");
  expectFrame("permission-edit-120", tui.terminal);
});

const SAID = [
  userMessage(1, "Tidy up"),
  answer(2, (id) => [textPart(id, 1, "Looking at what is there.")], { time: { created: START } }),
];

test("permission-bash-80, and what is allowed always", async () => {
  const state = inSession(SAID, { ...BUSY, permissions: [BASH] });
  await using tui = await recordedTui({ columns: 80, rows: 24, state, at: START });
  await tui.settle("Permission required");
  expectFrame("permission-bash-80", tui.terminal);
  tui.terminal.mockInput.pressKey("2");
  await tui.settle("Always allow");
  expectFrame("permission-always-80", tui.terminal);
});

test("question-80", async () => {
  const { questions } = QUESTION;
  const messages = [
    userMessage(1, "Plan it"),
    answer(2, (id) => [running(id, 1, "question", { input: { questions } })], {
      time: { created: START },
    }),
  ];
  const state = inSession(messages, { ...BUSY, questions: [QUESTION] });
  await using tui = await recordedTui({ columns: 80, rows: 24, state, at: START });
  await tui.settle("Which database?");
  tui.terminal.mockInput.pressKey("1");
  await tui.settle("Which features?");
  tui.terminal.mockInput.pressKey("1");
  await tui.settle("[✓] Auth");
  expectFrame("question-80", tui.terminal);
});
