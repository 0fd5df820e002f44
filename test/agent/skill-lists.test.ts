// Skills from addresses: over a real server, kept in the cache, replaced by version.
import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fixture } from "./fixture";

interface List {
  url: string;
  /** What is asked for, in order. */
  asked: string[];
  files: Record<string, string>;
  [Symbol.asyncDispose](): Promise<void>;
}

function serve(files: Record<string, string>): List {
  const asked: string[] = [];
  const list = { files };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const path = new URL(request.url).pathname.slice(1);
      asked.push(path);
      const text = list.files[path];
      return text === undefined ? new Response("none", { status: 404 }) : new Response(text);
    },
  });
  return Object.assign(list, {
    url: server.url.origin,
    asked,
    [Symbol.asyncDispose]: () => server.stop(true),
  });
}

const index = (skills: unknown) => JSON.stringify({ skills });
const skill = (text: string) => `---\nname: pdf\ndescription: about pdf\n---\n${text}`;
const FILES = ["SKILL.md", "lib/more.md"];

function open(url: string, isTrusted = true) {
  const config = JSON.stringify({ skills: { urls: [url] } });
  return fixture({ "project/opencode.json": config }, { isTrusted });
}

test("skills of a list are kept with their files, and fetched anew by version", async () => {
  await using list = serve({
    "index.json": index([{ name: "pdf", files: FILES, version: "1" }]),
    "pdf/SKILL.md": skill("One"),
    "pdf/lib/more.md": "More",
  });
  await using f = await open(`${list.url}/`);
  const [first] = await f.skills.list();
  expect(first).toMatchObject({ name: "pdf", content: "One" });
  const place = join(first?.location ?? "", "..");
  expect(place).toStartWith(join(f.paths.cache, "skills"));
  expect(await Bun.file(join(place, "lib/more.md")).text()).toBe("More");
  expect(list.asked).toEqual(["index.json", "pdf/SKILL.md", "pdf/lib/more.md"]);

  list.files["pdf/SKILL.md"] = skill("Two");
  await f.config.reload();
  expect((await f.skills.find("pdf"))?.content).toBe("One");
  list.files["index.json"] = index([{ name: "pdf", files: ["SKILL.md"], version: "2" }]);
  await f.config.reload();
  expect((await f.skills.find("pdf"))?.content).toBe("Two");
  expect((await readdir(place)).sort()).toEqual([".version", "SKILL.md"]);

  list.files["index.json"] = index([]);
  await f.config.reload();
  expect(await f.skills.list()).toEqual([]);
});

test("without an answer there is what was kept, and a warning", async () => {
  const list = serve({
    "index.json": index([{ name: "pdf", files: ["SKILL.md"], version: 1 }]),
    "pdf/SKILL.md": skill("One"),
  });
  await using f = await open(list.url);
  await f.skills.list();
  list.files = {};
  await f.config.reload();
  expect((await f.skills.find("pdf"))?.content).toBe("One");
  await list[Symbol.asyncDispose]();
  await f.config.reload();
  expect((await f.skills.find("pdf"))?.content).toBe("One");
  expect(await f.warnings()).toContain("index.json: the server answered 404");
});

test("a skill that cannot be fetched whole stays as it was, the others come", async () => {
  const listed = (version: number) =>
    index(["pdf", "xls"].map((name) => ({ name, files: ["SKILL.md"], version })));
  await using list = serve({
    "index.json": listed(1),
    "pdf/SKILL.md": skill("One"),
    "xls/SKILL.md": "---\nname: xls\n---\nOne",
  });
  await using f = await open(list.url);
  await f.skills.list();
  list.files = { "index.json": listed(2), "xls/SKILL.md": "---\nname: xls\n---\nTwo" };
  await f.config.reload();
  expect((await f.skills.list()).map(({ content }) => content)).toEqual(["One", "Two"]);
});

test.each([
  [{ name: "..", files: ["SKILL.md"] }],
  [{ name: "a/b", files: ["SKILL.md"] }],
  [{ name: "a", files: ["../../evil"] }],
  [{ name: "a", files: ["/etc/evil"] }],
  [{ name: "a", files: ["a\\..\\evil"] }],
  [{ name: "a", files: [".hidden/evil"] }],
])("%j leads nowhere", async (entry) => {
  await using list = serve({ "index.json": index([entry]) });
  await using f = await open(list.url);
  expect(await f.skills.list()).toEqual([]);
  expect(list.asked).toEqual(["index.json"]);
  expect(await f.warnings()).toContain("skills.urls");
});

test("a list of a project that is not trusted is not asked", async () => {
  await using list = serve({ "index.json": index([]) });
  await using f = await open(list.url, false);
  expect(await f.skills.list()).toEqual([]);
  expect(list.asked).toEqual([]);
});
