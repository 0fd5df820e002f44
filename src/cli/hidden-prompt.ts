// A question whose answer is typed unseen: the terminal echoes nothing while it is read.
import { AppError } from "@/base/error";
import { EXIT } from "./exit-code";
import type { Interrupts } from "./interrupts";
import type { Output } from "./output";

const ANSWER_MAX_CHARACTERS = 64 * 1024;

/** What the person types up to Enter. Needs a terminal. Ctrl-C interrupts as it does elsewhere. */
export async function readHidden(
  output: Output,
  question: string,
  interrupts: Interrupts,
): Promise<string> {
  const { stdin } = process;
  output.writeNote(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  let answer = "";
  try {
    for await (const typed of stdin) {
      for (const character of String(typed)) {
        if (character === "\r" || character === "\n") return answer;
        if (character === "\u0003" || character === "\u0004") {
          interrupts.giveUp(EXIT.interrupted);
          throw new AppError("invalid", "Interrupted", "Nothing was stored");
        }
        if (character === "\u007f" || character === "\b") answer = answer.slice(0, -1);
        else if (answer.length < ANSWER_MAX_CHARACTERS) answer += character;
      }
    }
    return answer;
  } finally {
    stdin.setRawMode(false);
    output.writeNote("\n");
  }
}
