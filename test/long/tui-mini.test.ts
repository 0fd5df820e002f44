// Mini mode of the executable under tmux: what is printed stays in the terminal's own scrollback,
// each thing once, and the terminal is the person's again when it is left.
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { BUILD_LIMIT_MS, type Executable, openExecutable } from "@test/support/executable";
import { ExecutableHome } from "@test/support/executable-home";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";
import { hasTmux, Tmux } from "@test/support/tmux";

setDefaultTimeout(180_000);

let executable: Executable;
beforeAll(async () => void (executable = await openExecutable()), BUILD_LIMIT_MS);
afterAll(() => executable[Symbol.asyncDispose]());

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const run = { tool: "bash", input: { command: "seq 3", description: "Count" } };

test.skipIf(!hasTmux)("a turn is printed once, and dialogs leave no trace", async () => {
  const model = scriptedModel({
    turns: [{ text: "Counting now.", calls: [run] }, { text: "Three." }],
  });
  const home = await ExecutableHome.open(executable.path);
  closers.push(
    () => model.close(),
    () => home[Symbol.asyncDispose](),
  );
  const config = { ...model.config(), permission: { bash: "ask" } };
  await Bun.write(`${home.home}/.config/opencode/opencode.json`, JSON.stringify(config));
  const { project: cwd, env } = home;
  const command = `echo BEFORE; ${executable.path} --mini; echo EXIT $?; read _`;
  const tmux = await Tmux.start(command, { cwd, env, columns: 80, rows: 30 });
  closers.push(() => tmux[Symbol.asyncDispose]());

  await tmux.until(" BUILD ");
  expect(await tmux.format("#{alternate_on}")).toBe("0");
  await tmux.type("count for me");
  await tmux.press("Enter");
  await tmux.until("Permission required");
  await tmux.until("waiting for you");
  await tmux.press("1");
  await tmux.until("Three.");
  await tmux.until((screen) => !screen.includes("Permission required"));

  await tmux.press("C-p");
  await tmux.until("Switch session");
  await tmux.press("Escape");
  await tmux.until((screen) => !screen.includes("Switch session"));

  // The list of commands has the room that the terminal has, and takes none afterwards.
  await tmux.type("/");
  await tmux.until((screen) => (screen.match(/┃ \/\w+/g)?.length ?? 0) >= 8);
  await tmux.press("Escape");
  await tmux.until((screen) => !screen.includes("┃ /"));
  await tmux.press("C-u");

  await tmux.press("C-x", "q");
  await tmux.until("EXIT 0");
  const whole = await tmux.history();
  for (const text of ["BEFORE", "› count for me", "Counting now.", "$ seq 3", "Three."]) {
    expect([text, whole.split(text).length - 1]).toEqual([text, 1]);
  }
  expect(whole).not.toContain("Switch session");
  expect(await tmux.format("#{alternate_on} #{mouse_any_flag} #{cursor_flag}")).toBe("0 0 1");
  expect(model.violations).toEqual([]);
});
