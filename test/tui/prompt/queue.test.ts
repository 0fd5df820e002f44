import { expect, test } from "bun:test";
import { plainDraft } from "@/tui/prompt/draft";
import type { Entry } from "@/tui/prompt/history";
import { Queue, QUEUE_MAX } from "@/tui/prompt/queue";

function entry(text: string): Entry {
  return { draft: plainDraft(text), mode: "prompt" };
}

function queueOf(...texts: string[]): Queue {
  const queue = new Queue(() => undefined);
  for (const text of texts) queue.add("ses_1", entry(text));
  return queue;
}

function texts(queue: Queue): string[] {
  return queue.list("ses_1").map(({ draft }) => draft.text);
}

test("prompts leave in the order in which they came", () => {
  const queue = queueOf("one", "two", "three");
  expect(queue.take("ses_1")?.draft.text).toBe("one");
  expect(queue.take("ses_1")?.draft.text).toBe("two");
  expect(texts(queue)).toEqual(["three"]);
  expect(queue.take("ses_2")).toBeUndefined();
});

test("the newest can be taken back, one in the middle moved and removed", () => {
  const queue = queueOf("one", "two", "three");
  expect(queue.takeNewest("ses_1")?.draft.text).toBe("three");
  const [one] = queue.list("ses_1");
  queue.move("ses_1", one?.id ?? 0, 5);
  expect(texts(queue)).toEqual(["two", "one"]);
  queue.move("ses_1", one?.id ?? 0, -1);
  expect(texts(queue)).toEqual(["one", "two"]);
  queue.take("ses_1", one?.id);
  expect(texts(queue)).toEqual(["two"]);
});

test("all come out at once, and what could not be sent goes to the front", () => {
  const queue = queueOf("one", "two");
  queue.unshift("ses_1", entry("zero"));
  expect(queue.drain("ses_1").map(({ draft }) => draft.text)).toEqual(["zero", "one", "two"]);
  expect(queue.all()).toEqual([]);
  expect(queue.takeNewest("ses_1")).toBeUndefined();
});

test("only so many wait", () => {
  const queue = queueOf(...Array.from({ length: QUEUE_MAX }, String));
  expect(queue.add("ses_1", entry("one too many"))).toBe(false);
  expect(queue.add("ses_2", entry("elsewhere"))).toBe(true);
});

test("each change is told", () => {
  let changes = 0;
  const queue = new Queue(() => changes++);
  queue.add("ses_1", entry("one"));
  queue.move("ses_1", 1, 1);
  queue.drain("ses_1");
  queue.drain("ses_1");
  expect(changes).toBe(2);
});
