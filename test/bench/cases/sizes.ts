// Two sizes: what a person downloads, and what each plain prompt sends before anything is said.

import { stat } from "node:fs/promises";
import type { Case } from "@test/bench/bench";
import { openHome } from "@test/bench/home";
import { runOnce } from "@test/bench/one-shot";
import { scriptedModel } from "@test/support/scripted-model/scripted-model";

export const binarySizeCase: Case = {
  name: "binary-size",
  measures: "the executable as a file",
  figures: [{ name: "size", unit: "MB" }],
  runs: 1,
  limitMs: 10_000,
  measure: async (subject) => ({ size: (await stat(subject.path)).size }),
};

export const firstRequestBytesCase: Case = {
  name: "first-request-bytes",
  measures: "the first request to the model for a plain prompt, with all tools",
  figures: [
    { name: "body", unit: "KB", beat: 10_000 },
    { name: "system prompt", unit: "KB" },
    { name: "tools", unit: "KB" },
    { name: "number of tools", unit: "count" },
  ],
  runs: 1,
  limitMs: 60_000,
  async measure(subject, signal) {
    // In this process, because nothing of time is measured here.
    await using model = scriptedModel({ turns: [{ text: "Hello." }] });
    await using home = await openHome({ model: { config: model.config() } });
    await runOnce(subject, ["run", "hi", "-m", "scripted/main"], home, signal);
    const first = model.requests[0];
    if (!first) throw new Error("no request came");
    return {
      body: first.byteLength,
      "system prompt": Buffer.byteLength(first.request.system),
      tools: Buffer.byteLength(JSON.stringify(first.request.raw["tools"] ?? [])),
      "number of tools": first.request.tools.length,
    };
  },
};
