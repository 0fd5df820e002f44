// Two terminal UIs on one server: both show what becomes of a session, whoever writes to it.
import { expect, test } from "bun:test";
import { faceOn, tuiOn } from "@test/support/tui-app";

const LIMIT_MS = 180_000;

test(
  "a prompt of one is in the transcript of both, and one goes on when the other leaves",
  async () => {
    await using first = await tuiOn({
      turns: [{ text: "Answer one" }, { text: "Answer two" }, { text: "Answer three" }],
    });
    await first.shows("Build");
    await first.send("ask the first");
    await first.shows("Answer one");
    const { route } = first.tui.store.state;
    const second = await faceOn(first.t, { state: { route } });
    try {
      await second.shows("Answer one");
      await second.send("ask the second");
      await first.shows("Answer two");
      await second.shows("Answer two");
      const same = async () => transcript(await first.frame()) === transcript(await second.frame());
      await first.shows("▣  Build");
      while (!(await same())) await new Promise((resolve) => setImmediate(resolve));
      expect(transcript(await second.frame())).toContain("ask the first");
    } finally {
      await second.close();
    }
    await first.send("ask again");
    await first.shows("Answer three");
    expect(first.t.model.violations).toEqual([]);
  },
  LIMIT_MS,
);

/** What stands above the prompt box, without what turns. */
function transcript(frame: string): string {
  return frame.slice(0, frame.lastIndexOf("Build · "));
}
