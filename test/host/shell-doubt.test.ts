// Reasons not to trust a line that show in its text or its words alone.
import { expect, test } from "bun:test";
import { Found } from "@/host/shell-command";
import { builtinDoubt, checkText, isSteering, withPlainBodies } from "@/host/shell-doubt";
import { plainWord } from "@/host/shell-word";

function trusted(script: string): boolean {
  const found = new Found();
  checkText(script, found);
  return found.result().ok;
}

test("characters that hide are not trusted, visible ones are", () => {
  for (const hidden of "\u0000\u001b\r\u00a0\u200b\u202e\u2028\ufeff") {
    expect(trusted(`ls ${hidden}x`)).toBe(false);
  }
  expect(trusted("echo größe 日本 👩‍💻\t\n")).toBe(true);
});

test("builtins that change what words mean are doubtful", () => {
  const doubt = (line: string) => builtinDoubt(line.split(" ").map(plainWord));
  for (const line of ["eval x", "alias a=b", "hash -p x y", "enable -f x", "} x"]) {
    expect(doubt(line)).toBeString();
  }
  for (const line of ["alias", "hash -r", "enable", "trap x EXIT", "printf a[1]"]) {
    expect(doubt(line)).toBeUndefined();
  }
});

test("variables that steer programs are known", () => {
  for (const name of ["PATH", "LD_PRELOAD", "GIT_SSH_COMMAND", "MANPAGER"]) {
    expect(isSteering(`${name}=x`)).toBe(true);
  }
  expect(isSteering("NODE_ENV=PATH")).toBe(false);
  expect(isSteering("PATH+=x")).toBe(true);
});

test("only the first line of a body gets its blank", () => {
  expect(withPlainBodies("cat <<E\n\\a\n\\b\nE")).toBe("cat <<E\n \\a\n\\b\nE");
  expect(withPlainBodies("cat <<E \\\n\\a")).toBe("cat <<E \\\n\\a");
});
