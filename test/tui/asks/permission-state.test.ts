import { describe, expect, test } from "bun:test";
import type { PermissionRequest } from "@/schema/permission";
import {
  giveReason,
  openPermission,
  type PermissionAnswer,
  type PermissionState,
  type PermissionStep,
  pressPermission,
} from "@/tui/asks/permission-state";

function request(more: Partial<PermissionRequest> = {}): PermissionRequest {
  return {
    id: "per_1",
    sessionID: "ses_1",
    permission: "bash",
    patterns: ["git log --oneline -3", "rm -rf build"],
    always: ["git log *", "rm *"],
    metadata: { command: "git log --oneline -3 && rm -rf build" },
    ...more,
  };
}

/** Presses keys one after the other; the last step. */
function press(state: PermissionState, ...keys: string[]): PermissionStep {
  return keys.reduce<PermissionStep>(
    (step, key) => pressPermission(step.state, key) ?? { state: step.state },
    { state },
  );
}

const OPEN = openPermission(request());

describe("choosing", () => {
  test.each<[string[], PermissionAnswer]>([
    [["return"], { reply: "once" }],
    [["1"], { reply: "once" }],
    [["3"], { reply: "reject" }],
    [["escape"], { reply: "reject" }],
    [["right", "right", "return"], { reply: "reject" }],
    [["left", "left", "return"], { reply: "reject" }],
    [["tab", "shift+tab", "return"], { reply: "once" }],
    [["2", "return"], { reply: "always", always: ["git log *", "rm *"] }],
  ])("%p", (keys, answer) => {
    expect(press(OPEN, ...keys).answer).toEqual(answer);
  });

  test("letters answer nothing", () => {
    for (const key of ["y", "a", "n", "space", "5", "0", "up"]) {
      expect(pressPermission(OPEN, key)).toBeUndefined();
    }
  });
});

describe("allowing always", () => {
  test("what is remembered can be narrowed and widened", () => {
    const page = press(OPEN, "2").state;
    expect(page.choices).toEqual([
      { pattern: "git log *", isChosen: true, width: "proposed" },
      { pattern: "git *", isChosen: false, width: "wider" },
      { pattern: "git log --oneline -3", isChosen: false, width: "narrower" },
      { pattern: "rm *", isChosen: true, width: "proposed" },
      { pattern: "rm -rf build", isChosen: false, width: "narrower" },
    ]);
    const narrowed = press(page, "space", "3", "4", "return");
    expect(narrowed.answer).toEqual({ reply: "always", always: ["git log --oneline -3"] });
    const widened = press(page, "up", "up", "up", "up", "space", "right", "return");
    expect(widened.answer).toEqual({
      reply: "always",
      always: ["git log *", "git *", "rm *"],
      save: true,
    });
  });

  test("with nothing left to remember it is allowed once", () => {
    expect(press(OPEN, "2", "1", "4", "return").answer).toEqual({ reply: "once" });
  });

  test("escape and Cancel go back", () => {
    expect(press(OPEN, "2", "escape").state.page).toBe("choose");
    expect(press(OPEN, "2", "left", "return")).toEqual({
      state: { ...OPEN, selected: 1, page: "choose" },
    });
  });

  test("what the server never remembers cannot be allowed always", () => {
    const state = openPermission(request({ always: [] }));
    expect(press(state, "2").state.page).toBe("choose");
    expect(press(state, "2").answer).toBeUndefined();
  });

  test("files of everything are narrowed to the file and its directory", () => {
    const edit = { permission: "edit", patterns: ["src/a.ts"], always: ["*"], metadata: {} };
    expect(openPermission(request(edit)).choices.map(({ pattern }) => pattern)).toEqual([
      "*",
      "src/*",
      "src/a.ts",
    ]);
  });

  test("a directory outside is widened to the one around it, never to the root", () => {
    const outside = (pattern: string) => {
      const more = { permission: "external_directory", patterns: [pattern], always: [pattern] };
      return openPermission(request(more)).choices.map((choice) => choice.pattern);
    };
    expect(outside("/srv/data/logs/*")).toEqual(["/srv/data/logs/*", "/srv/data/*"]);
    expect(outside("/srv/data/*")).toEqual(["/srv/data/*"]);
  });
});

describe("saying why", () => {
  test("the reason goes with the rejection", () => {
    const page = press(OPEN, "4").state;
    expect(page.page).toBe("reason");
    expect(giveReason(page, " use the test script ").answer).toEqual({
      reply: "reject",
      message: "use the test script",
    });
    expect(giveReason(page, " ").answer).toEqual({ reply: "reject" });
    expect(press(page, "escape").state.page).toBe("choose");
    expect(pressPermission(page, "1")).toBeUndefined();
  });
});
