// Joining and writing words; reading them from a syntax tree is shell-syntax.test.ts's.
import { expect, test } from "bun:test";
import { dynamicWord, joinWords, plainWord, quoteWord, wordText } from "@/host/shell-word";

test("joined words have a value when all have one", () => {
  expect(joinWords([plainWord("a"), plainWord("b")], "a'b'").value).toBe("ab");
  expect(joinWords([plainWord("a"), dynamicWord("$b")], "a$b").value).toBeUndefined();
  expect(joinWords([plainWord("$"), plainWord("b")], '$"b"').value).toBeUndefined();
});

test("a quoted word is read back as it was", async () => {
  const value = 'it\'s `a` $b \\ "c"\n';
  const child = Bun.spawn(["sh", "-c", `printf %s ${quoteWord(plainWord(value))}`]);
  expect(await child.stdout.text()).toBe(value);
});

test("a word without a value is shown as written", () => {
  expect(wordText(dynamicWord("$x"))).toBe("$x");
  expect(quoteWord(dynamicWord("$x"))).toBe("$x");
});
