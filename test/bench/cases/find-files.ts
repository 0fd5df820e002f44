// How long people wait for files by name in a large project: for the first answer, which reads the
// whole tree, and for each one after that.

import type { Case } from "@test/bench/bench";
import { openHome } from "@test/bench/home";
import { startModel } from "@test/bench/model-process";
import { ServerProcess } from "@test/bench/server-process";

const FILES = 50_000;
const PER_DIRECTORY = 100;
/** As somebody types them. */
const QUERIES = ["p", "pa", "par", "part", "part4", "part49", "d12part7", "d499", "absent", "dts"];
const ROUNDS = 3;

export const findFilesCase: Case = {
  name: "find-files",
  measures: `GET /find/file in a project of ${FILES} files`,
  figures: [
    { name: "first answer", unit: "ms", beat: 300 },
    { name: "next answer", unit: "ms", beat: 30 },
    { name: "slowest of them", unit: "ms" },
    { name: "CPU, first", unit: "ms" },
    { name: "CPU, next", unit: "ms" },
  ],
  runs: 1,
  limitMs: 300_000,
  async measure(subject, signal) {
    const paths = Array.from({ length: FILES }, (_, index) => {
      return `src/d${Math.floor(index / PER_DIRECTORY)}/part${index % PER_DIRECTORY}.ts`;
    });
    await using model = await startModel({ turns: [] });
    await using home = await openHome({
      model,
      files: Object.fromEntries(paths.map((path) => [path, ""])),
    });
    await using server = await ServerProcess.start(subject, home, signal);
    // The instance itself is opened by whatever comes first.
    await server.read("/session");
    const find = async (query: string) => {
      const startedAt = performance.now();
      await server.read(`/find/file?query=${query}`);
      return performance.now() - startedAt;
    };
    const start = await server.usage();
    const first = await find("part1");
    const warm = await server.usage();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const query of QUERIES) times.push(await find(query));
    }
    const end = await server.usage();
    const sorted = times.toSorted((a, b) => a - b);
    return {
      "first answer": first,
      "next answer": sorted[Math.floor(sorted.length / 2)] ?? 0,
      "slowest of them": sorted.at(-1) ?? 0,
      "CPU, first": warm.cpuMs - start.cpuMs,
      "CPU, next": (end.cpuMs - warm.cpuMs) / times.length,
    };
  },
};
