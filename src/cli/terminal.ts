// The terminal that the program was started in.

/** Whether a person sees what is drawn, and their keys are heard. */
export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}
