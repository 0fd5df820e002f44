import { expect, setDefaultTimeout, test } from "bun:test";
import { CLI_TIMEOUT_MS, CLIHome } from "@test/cli/support";

setDefaultTimeout(CLI_TIMEOUT_MS);

test("an address that is none of a server says how one is written", async () => {
  await using home = await CLIHome.open();
  const fail = async (...words: string[]) => (await home.run(["attach", ...words])).stderr;
  const [foreign, secret, many] = await Promise.all([
    fail("ftp://localhost:4096"),
    fail("http://me:secret@localhost:4096"),
    fail("http://localhost:4096", "more"),
  ]);
  expect(foreign).toBe(
    'Error: "ftp://localhost:4096" is no address of a server: ' +
      "it begins with http:// or https://\n",
  );
  expect(secret).toBe(
    "Error: http://localhost:4096: give the password with -p, not in the address\n",
  );
  expect(many).toEndWith("got 2: http://localhost:4096, more. See opencode --help.\n");
});
