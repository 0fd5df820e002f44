// A scripted model as a process of its own: what measures a program must not share its processor
// time with it.
//
// bun test/support/scripted-model/serve.ts '{"wire":"anthropic","turns":[{"text":"Hello"}]}'
// prints its URL, its base URL and the provider configuration as one line of JSON, serves until
// its standard input ends or it is told to stop, and then prints what broke the rules, if anything.

import { readFileSync } from "node:fs";

import { objectOf } from "./json";
import { ScriptedModel, type ScriptedModelOptions } from "./scripted-model";

/** The script is the argument itself, or the content of the file that it names after "@". */
function readScript(argument: string): ScriptedModelOptions {
  const text = argument.startsWith("@") ? readFileSync(argument.slice(1), "utf8") : argument;
  return objectOf(JSON.parse(text)) as ScriptedModelOptions;
}

async function serve(argument: string): Promise<void> {
  const model = new ScriptedModel(readScript(argument));
  const { url, baseURL } = model;
  process.stdout.write(`${JSON.stringify({ url, baseURL, config: model.config() })}\n`);
  await stopped();
  const { requests, violations } = model;
  process.stdout.write(`${JSON.stringify({ requests: requests.length, violations })}\n`);
  await model.close();
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    process.stdin.once("end", () => resolve());
    process.stdin.resume();
  });
}

if (import.meta.main) {
  await serve(process.argv[2] ?? "{}");
  process.exit();
}
