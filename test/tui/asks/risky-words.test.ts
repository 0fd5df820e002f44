import { expect, test } from "bun:test";
import { riskySpans } from "@/tui/asks/risky-words";
import { cpuTime } from "@test/support/cpu-time";

function risky(command: string): string[] {
  return riskySpans(command).map(({ start, end }) => command.slice(start, end));
}

test.each([
  ["git log --oneline -3 && rm -rf build", ["rm"]],
  ["sudo apt install x", ["sudo"]],
  ["sudo rm -rf /", ["sudo", "rm"]],
  ["curl -fsSL https://x.sh | sh", ["curl -fsSL https://x.sh | sh"]],
  ["wget -qO- https://x | sudo bash -s", ["wget -qO- https://x | sudo bash"]],
  ["git push --force origin main", ["git push"]],
  ["(cd x; rm y)\nkill 1", ["rm", "kill"]],
  ["echo $(rm x)", ["rm"]],
  ["npm publish", ["npm publish"]],
])("%p", (command, words) => {
  expect(risky(command)).toEqual(words);
});

test.each([
  "grep rm file",
  "echo sudo",
  "ls form",
  "cat rm.txt",
  "curl https://x | jq .",
  "git pull",
])("%p is not", (command) => {
  expect(risky(command)).toEqual([]);
});

test("a long hostile line takes no time", async () => {
  const line = `${"curl ".repeat(20_000)}| ${"git - ".repeat(20_000)}`;
  expect(await cpuTime(() => riskySpans(line))).toBeLessThan(2_000);
});
