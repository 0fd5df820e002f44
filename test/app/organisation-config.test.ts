// The configuration of an organisation that the person has logged in to, over a real server.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Logger } from "@/base/log";
import { resolvePaths } from "@/base/paths";
import { OrganisationConfig } from "@/app/organisation-config";
import { loadConfig } from "@/config/load";
import { NO_PROJECT } from "@/config/project-trust";
import { AuthStore } from "@/provider/auth-store";
import { FakeClock } from "@test/support/clock";
import { tempTree } from "@test/support/temp";

type Answers = Record<string, (request: Request) => Response>;

async function world(answers: Answers) {
  const state = { answers, asked: [] as string[] };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      state.asked.push(pathname);
      return state.answers[pathname]?.(request) ?? new Response("none", { status: 404 });
    },
  });
  const address = server.url.origin;
  const auth = { [`${address}/`]: { type: "wellknown", key: "ORG_TOKEN", token: "t0ken" } };
  const temp = await tempTree({
    "home/.local/share/opencode/auth.json": JSON.stringify(auth),
    "home/.config/opencode/opencode.json": JSON.stringify({ share: "manual" }),
    "project/": "",
  });
  const paths = resolvePaths({}, join(temp.path, "home"));
  const clock = new FakeClock();
  const log = Logger.silent();
  const store = new AuthStore({ path: paths.authFile, env: {}, log, clock });
  const directory = join(temp.path, "project");
  const place = { paths, env: {}, directory, worktree: directory, managedDirectory: "/nowhere" };
  return {
    state,
    address,
    clock,
    organisations: new OrganisationConfig({ auth: store, paths, clock, log }),
    load: async (organisations: OrganisationConfig) =>
      loadConfig(place, async () => NO_PROJECT, { lowest: await organisations.list() }),
    /** As another process would. */
    another: () => new OrganisationConfig({ auth: store, paths, clock, log }),
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await temp[Symbol.asyncDispose]();
    },
  };
}

const json = (value: unknown) => () => Response.json(value);
const WELL_KNOWN = "/.well-known/opencode";

test("it is the lowest source, gets the token, and names more of it", async () => {
  const config = {
    share: "disabled",
    model: "org/m",
    provider: { org: { options: { apiKey: "{env:ORG_TOKEN}" } } },
  };
  await using w = await world({});
  w.state.answers = {
    [WELL_KNOWN]: json({
      config,
      remote_config: { url: `${w.address}/more`, headers: { "x-key": "{env:ORG_TOKEN}" } },
    }),
    "/more": (request) => Response.json({ username: request.headers.get("x-key") }),
  };
  const { config: loaded, sources, person } = await w.load(w.organisations);
  expect(loaded).toMatchObject({ share: "manual", model: "org/m", username: "t0ken" });
  expect(loaded.provider).toEqual({ org: { options: { apiKey: "t0ken" } } });
  expect(sources["model"]).toBe(`${w.address}${WELL_KNOWN}`);
  expect(person.model).toBe("org/m");
  await w.load(w.organisations);
  expect(w.state.asked).toEqual([WELL_KNOWN, "/more"]);
});

test("a host that fails has what it said the last time, asked again after a while", async () => {
  await using w = await world({ [WELL_KNOWN]: json({ config: { model: "org/one" } }) });
  await w.load(w.organisations);
  for (const answer of [
    () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    () => new Response("no", { status: 500 }),
    json({ config: "odd" }),
  ]) {
    w.state.answers = { [WELL_KNOWN]: answer };
    expect((await w.load(w.another())).config.model).toBe("org/one");
  }
  w.state.answers = { [WELL_KNOWN]: json({ config: { model: "org/two" } }) };
  expect((await w.load(w.organisations)).config.model).toBe("org/one");
  w.clock.advance(60_000);
  expect((await w.load(w.organisations)).config.model).toBe("org/two");
});

test("without a login nobody is asked", async () => {
  await using w = await world({});
  const paths = resolvePaths({}, "/nowhere");
  const auth = new AuthStore({ path: paths.authFile, env: {}, log: Logger.silent() });
  const options = { auth, paths, clock: w.clock, log: Logger.silent() };
  expect(await new OrganisationConfig(options).list()).toEqual([]);
  expect(w.state.asked).toEqual([]);
});
