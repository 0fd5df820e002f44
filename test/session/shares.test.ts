// Whether sessions are shared, as the environment and the configuration say it together.
import { expect, test } from "bun:test";
import type { Config } from "@/schema/config";
import { sessionApp } from "@test/support/session-app";

const address = () => "http://127.0.0.1:1/s/secret";

async function sharesNew(env: Record<string, string>, config: Config = {}): Promise<boolean> {
  await using t = await sessionApp({ env, config });
  return (await t.instance.shares.shareNew(t.create(), address)).share !== undefined;
}

test("OPENCODE_AUTO_SHARE shares new sessions where the configuration says nothing", async () => {
  expect(await sharesNew({})).toBe(false);
  expect(await sharesNew({ OPENCODE_AUTO_SHARE: "1" })).toBe(true);
  expect(await sharesNew({ OPENCODE_AUTO_SHARE: "1" }, { share: "manual" })).toBe(false);
});

test("OPENCODE_DISABLE_SHARE counts more than all that would share, and is named", async () => {
  const env = { OPENCODE_DISABLE_SHARE: "true", OPENCODE_AUTO_SHARE: "1" };
  const config = { share: "auto" } as const;
  expect(await sharesNew(env, config)).toBe(false);
  await using t = await sessionApp({ env, config });
  const refused = t.instance.shares.share(t.create().id, address);
  await expect(refused).rejects.toThrow("Sharing is disabled by OPENCODE_DISABLE_SHARE");
});
