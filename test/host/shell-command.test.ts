// What is told of a command, and the first reason not to trust a line.
import { expect, test } from "bun:test";
import { describeCommand, Found } from "@/host/shell-command";
import { plainWord } from "@/host/shell-word";

const PLACE = { via: [], outer: [], steering: [] };

test("the steering variables are part of the text, and alternatives go without", () => {
  const place = { via: ["env"], outer: ["env PATH=/x ls -l"], steering: ["PATH=/x"] };
  const command = describeCommand([plainWord("ls"), plainWord("-l")], "ls -l", place);
  expect(command.text).toBe("PATH=/x ls -l");
  expect(command.alternatives).toEqual(["ls -l", "env PATH=/x ls -l"]);
  expect(command.always).toBe("PATH=/x ls -l");
});

test("the first reason stays", () => {
  const found = new Found();
  expect(found.result().ok).toBe(true);
  found.fail("first");
  found.fail("second");
  expect(found.result()).toMatchObject({ ok: false, reason: "first" });
});

test("too many commands are a reason not to trust", () => {
  const found = new Found();
  const command = describeCommand([plainWord("ls")], "ls", PLACE);
  for (let count = 0; count < 3_000; count++) found.add(command);
  expect(found.result().ok).toBe(false);
  expect(found.result().commands.length).toBe(2_000);
});
