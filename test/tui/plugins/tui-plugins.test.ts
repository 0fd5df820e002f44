// Plugins of the terminal UI as a person meets them: their commands, dialogs and drawings, what
// becomes of those that fail, and their end.
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { plugin, pluginFace } from "./support";

setDefaultTimeout(30_000);

const HELLO = plugin(
  "acme.hello",
  `api.keymap.registerLayer({
    commands: [{
      name: "acme.hello", title: "Say hello", category: "Acme", namespace: "palette",
      slashName: "hello", run: () => api.ui.toast({ message: "hello " + options.who }),
    }],
    bindings: [{ key: "ctrl+g", cmd: "acme.hello" }],
  });
  api.ui.toast({ message: "it is ready" });`,
);

test("a command is in the palette, a slash word and a key", async () => {
  await using face = await pluginFace({ files: { "a.ts": HELLO }, options: { who: "world" } });
  await face.shows("it is ready");
  await face.send("/hello");
  await face.shows("hello world");
  face.keys.pressKey("p", { ctrl: true });
  await face.shows("Commands");
  await face.keys.typeText("say hello");
  await face.shows("Say hello");
  expect(face.tui.keymap.label("acme.hello")).toBe("ctrl+g");
});

test("the older way to register commands is understood, too", async () => {
  const old = plugin(
    "old",
    `api.command.register(() => [{
      title: "Old way", value: "old.way", keybind: "ctrl+g", slash: { name: "old" },
      onSelect: (dialog) => dialog.replace(() => api.ui.DialogAlert({
        title: "Old", message: "still works", onConfirm: () => api.ui.toast({ message: "ok then" }),
      })),
    }]);
    api.ui.toast({ message: "it is ready" });`,
  );
  await using face = await pluginFace({ files: { "old.ts": old } });
  await face.shows("it is ready");
  face.keys.pressKey("g", { ctrl: true });
  await face.shows("still works");
  face.keys.pressEnter();
  await face.shows("ok then");
});

test("its dialogs ask, offer and confirm, called by JSX or as functions", async () => {
  const asking = `/** @jsxImportSource @opentui/solid */
    import { createSignal } from "solid-js";
    const [count, setCount] = createSignal(0);
    const tui = async (api) => {
      const confirm = (name) => api.ui.dialog.replace(() => api.ui.DialogConfirm({
        title: "Sure?", message: name + " " + count(), onConfirm: () => {
          api.kv.set("name", name);
          api.ui.toast({ message: "kept " + api.kv.get("name") });
        },
      }));
      const choose = (name) => api.ui.dialog.replace(() => api.ui.DialogSelect({
        title: "How?", options: [{ title: "loud", value: "!" }, { title: "quiet", value: "" }],
        current: "", onSelect: ({ value }) => confirm(name + value),
      }));
      api.ui.dialog.replace(() => <api.ui.DialogPrompt title="Who?"
        description={() => <text>your first name</text>}
        onConfirm={(name) => { setCount((old) => old + 1); choose(name); }} />);
    };
    export default { id: "asking", tui };`;
  await using face = await pluginFace({ files: { "asking.tsx": asking } });
  await face.shows("your first name");
  await face.keys.typeText("Ann");
  face.keys.pressEnter();
  await face.shows("quiet");
  face.keys.pressArrow("up");
  face.keys.pressEnter();
  await face.shows("Ann! 1");
  face.keys.pressEnter();
  await face.shows("kept Ann!");
});

test("what it draws is shown where it can be, and told where it is not", async () => {
  const drawing = `import { TextRenderable } from "@opentui/core";
    export default { id: "drawing", tui: async (api) => {
      const draw = (content) => new TextRenderable(api.renderer, { content });
      api.slots.register({ slots: { home_bottom: () => draw("at the bottom"), home_logo: draw } });
      api.route.register([{ name: "page", render: ({ params }) => draw("page " + params.n) }]);
      api.route.register([{ name: "none", render: () => ({}) }]);
      api.keymap.registerLayer({ commands: [
        { name: "page", title: "Page", slashName: "page",
          run: () => api.route.navigate("page", { n: 7 }) },
        { name: "none", title: "None", slashName: "none", run: () => api.route.navigate("none") },
      ] });
    } };`;
  await using face = await pluginFace({ files: { "drawing.ts": drawing } });
  await face.shows("at the bottom");
  await face.shows("home_logo is not shown");
  await face.send("/page");
  await face.shows("page 7");
  face.keys.pressEscape();
  await face.shows("at the bottom");
  await face.send("/none");
  await face.shows("No plugin shows none here");
});

test("it hears events, knows the state and reaches the server", async () => {
  const knowing = plugin(
    "knowing",
    `api.event.on("session.created", ({ properties }) => {
      api.ui.toast({ message: "heard of " + properties.info.title });
    });
    const { data } = await api.client.session.create({ title: "its own" });
    api.lifecycle.onDispose(() => 0);
    const known = api.client.session.list();
    const { data: list } = await known;
    api.ui.toast({ message: [list.length, api.route.current.name, meta.state].join(" ") });`,
  );
  await using face = await pluginFace({ files: { "knowing.ts": knowing } });
  await face.shows("heard of its own");
  await face.shows("1 home first");
});

test("one that fails is told and left out, whatever is wrong; the others work", async () => {
  const files = {
    "a-throws.ts": plugin("throws", `throw new Error("no luck");`),
    "b-broken.ts": "export default {",
    "c-server.ts": "export default { id: 'c', server: async () => ({}) };",
    "z-good.ts": plugin("good", ""),
  };
  await using face = await pluginFace({ files });
  const faults = () => face.tui.plugins.list().map(({ id, active, fault }) => [id, active, fault]);
  await face.until(() => {
    const settled = faults().filter(([, active, fault]) => active || fault !== undefined);
    return settled.length === 4;
  });
  expect(faults()).toEqual([
    ["throws", false, "no luck"],
    ["b-broken.ts", false, expect.stringContaining("could not be loaded")],
    ["c-server.ts", false, expect.stringContaining('name it in opencode.json, "plugin"')],
    ["good", true, undefined],
  ]);
});

test("a command that throws, now or later, is told and costs nothing else", async () => {
  const failing = plugin(
    "failing",
    `api.keymap.registerLayer({ commands: [
      { name: "now", title: "Now", slashName: "now", run: () => { throw new Error("at once"); } },
      { name: "later", title: "Later", slashName: "later",
        run: async () => { await 0; throw new Error("after a while"); } },
    ] });
    api.ui.toast({ message: "it is ready" });`,
  );
  await using face = await pluginFace({ files: { "failing.ts": failing } });
  await face.shows("it is ready");
  await face.send("/now");
  await face.shows("at once");
  await face.send("/later");
  await face.shows("after a while");
  await face.keys.typeText("still here");
  await face.shows("still here");
});

test("one that is switched off ends, takes back what it registered, and stays off", async () => {
  const ended = `api.lifecycle.onDispose(() => api.kv.set("ended", api.lifecycle.signal.aborted));`;
  const files = { "a.ts": HELLO.replace("api.keymap", `${ended} api.keymap`) };
  await using face = await pluginFace({ files, options: { who: "world" } });
  await face.shows("it is ready");
  expect(await face.tui.plugins.setEnabled("acme.hello", false)).toBe(true);
  expect(face.tui.actions.resolve("acme.hello")).toBeUndefined();
  expect(face.tui.keymap.label("acme.hello")).toBeUndefined();
  expect(face.tui.plugins.list()).toEqual([
    expect.objectContaining({ id: "acme.hello", enabled: false, active: false }),
  ]);
  expect(face.tui.memory.get("pluginEnabled")).toEqual({ "acme.hello": false });
  expect(await face.tui.plugins.setEnabled("nobody", true)).toBe(false);
  await face.tui.plugins.setEnabled("acme.hello", true);
  expect(face.tui.keymap.label("acme.hello")).toBe("ctrl+g");
  await face.close();
  const kept: unknown = await Bun.file(join(face.t.home, "state", "kv.json")).json();
  expect(kept).toEqual({ ended: true });
});

test("what tui.json switches off is not started, nor what may not run yet", async () => {
  let allowed = ["a.ts"];
  const files = {
    "a.ts": plugin("a", `api.ui.toast({ message: "a runs" });`),
    "b.ts": plugin("b", `api.ui.toast({ message: "b runs" });`),
  };
  await using face = await pluginFace({
    files,
    config: { plugin_enabled: { a: false } },
    allowed: () => allowed,
  });
  await face.until(() => face.tui.plugins.list()[0]?.id === "a");
  expect(face.tui.plugins.list()).toHaveLength(1);
  expect(face.tui.plugins.list()[0]).toMatchObject({ enabled: false, active: false });
  allowed = ["a.ts", "b.ts"];
  const { app, directory } = face.t;
  const instance = await app.instances.get(directory);
  await instance.trust.grant();
  await face.shows("b runs");
  expect(face.tui.plugins.list().map(({ active }) => active)).toEqual([false, true]);
});
