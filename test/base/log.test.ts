// The log is a private file of JSON lines, and never in the way.
import { expect, test } from "bun:test";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { divertConsole, Logger } from "@/base/log";
import { FakeClock } from "@test/support/clock";
import { tempDirectory } from "@test/support/temp";

async function readLines(directory: string): Promise<Record<string, unknown>[]> {
  const [name] = await readdir(directory);
  const text = await readFile(join(directory, name ?? ""), "utf8");
  return text.split("\n").flatMap((line) => (line ? [JSON.parse(line)] : []));
}

test("a line says when, how grave, who, what and the rest", async () => {
  await using temp = await tempDirectory();
  const clock = new FakeClock();
  const log = Logger.open({ clock, level: "INFO", directory: join(temp.path, "log") });
  log.debug("too fine");
  log.child("llm").warn("slow", { ms: 12 });
  await log.close();
  const time = new Date(clock.now()).toISOString();
  expect(await readLines(join(temp.path, "log"))).toEqual([
    { time, level: "WARN", service: "llm", message: "slow", ms: 12 },
  ]);
});

test("a suggested level counts where none was chosen", async () => {
  await using temp = await tempDirectory();
  const chosen = Logger.open({ clock: new FakeClock(), level: "INFO", directory: temp.path });
  chosen.suggestLevel("DEBUG");
  chosen.debug("unheard");
  await chosen.close();
  expect(await readdir(temp.path)).toEqual([]);

  const open = Logger.open({ clock: new FakeClock(), directory: temp.path });
  open.debug("too soon");
  open.child("config").suggestLevel("DEBUG");
  open.debug("heard");
  await open.close();
  const [file = ""] = await readdir(temp.path);
  const text = await readFile(join(temp.path, file), "utf8");
  expect(text).toContain("heard");
  expect(text).not.toContain("too soon");
});

test("the file is 0600, its directory 0700, and old files go", async () => {
  await using temp = await tempDirectory();
  const directory = join(temp.path, "log");
  const first = Logger.open({ clock: new FakeClock(), level: "INFO", directory });
  first.info("first");
  await first.close();
  const [name] = await readdir(directory);
  const modes = [await stat(directory), await stat(join(directory, name ?? ""))];
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600]);
  for (let index = 0; index < 20; index++) {
    await writeFile(join(directory, `0000-${String(index).padStart(2, "0")}.log`), "");
  }
  const second = Logger.open({ clock: new FakeClock(), level: "INFO", directory });
  second.info("second");
  await second.close();
  expect((await readdir(directory)).length).toBeLessThanOrEqual(10);
});

test("what cannot be written as JSON is still logged", async () => {
  await using temp = await tempDirectory();
  const log = Logger.open({ clock: new FakeClock(), level: "INFO", directory: temp.path });
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  log.info("odd", circle);
  log.info("big", { count: 1n });
  await log.close();
  const lines = await readLines(temp.path);
  expect(lines.map(({ message }) => message)).toEqual(["odd", "big"]);
});

test("a file that has grown long is followed by another one", async () => {
  await using temp = await tempDirectory();
  const log = Logger.open({ clock: new FakeClock(), level: "INFO", directory: temp.path });
  const text = "x".repeat(10_000);
  for (let batch = 0; batch < 20; batch++) {
    for (let count = 0; count < 90; count++) log.info(text);
    await log.close();
  }
  const files = (await readdir(temp.path)).map((name) => join(temp.path, name));
  expect(files).toHaveLength(2);
  const texts = await Promise.all(files.map((path) => readFile(path, "utf8")));
  expect(texts.join("").trimEnd().split("\n")).toHaveLength(1_800);
});

test("what is printed on the console is diverted into a log, and back again", async () => {
  await using temp = await tempDirectory();
  const directory = join(temp.path, "log");
  const log = Logger.open({ clock: new FakeClock(), level: "INFO", directory });
  const before = { log: console.log, error: console.error };
  const restore = divertConsole(log);
  console.log("hello %s", "there", { a: 1 });
  console.error(new Error("broken"));
  restore();
  expect(console).toMatchObject(before);
  await log.close();
  const [said, failed] = await readLines(directory);
  expect(said).toMatchObject({ level: "INFO", message: "hello there { a: 1 }" });
  expect(failed).toMatchObject({ level: "ERROR", message: expect.stringContaining("broken") });
});
