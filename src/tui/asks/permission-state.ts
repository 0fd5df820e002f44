// The state of a permission prompt: which page it shows, what is selected, and what a key does to
// it, until it comes to an answer. Pure; drawing it and sending the answer are
// permission-prompt.ts.
import type { PermissionReplyInput, PermissionRequest } from "@/schema/permission";
import { type AlwaysChoice, alwaysChoices, chosenPatterns } from "./always-choices";

export type PermissionPage = "choose" | "always" | "reason";

export interface PermissionState {
  request: PermissionRequest;
  page: PermissionPage;
  /** The button, on the page that is shown. */
  selected: number;
  choices: readonly AlwaysChoice[];
  /** The choice that the space key means, on the page "always". */
  row: number;
}

/** `save` says that the patterns are to be written to the project's configuration, too. */
export type PermissionAnswer = PermissionReplyInput & { save?: boolean };

export interface PermissionStep {
  state: PermissionState;
  answer?: PermissionAnswer;
}

export const CHOOSE_BUTTONS = [
  "Allow once",
  "Allow always",
  "Reject",
  "Reject and say why",
] as const;
export const ALWAYS_BUTTONS = ["Confirm", "Also write to opencode.json", "Cancel"] as const;

export function openPermission(request: PermissionRequest): PermissionState {
  return { request, page: "choose", selected: 0, choices: alwaysChoices(request), row: 0 };
}

/** Whether "always" has anything to remember. */
export function canAlways({ choices }: PermissionState): boolean {
  return choices.length > 0;
}

/** What a key does, by a name as in `left`, `shift+tab` or `1`; undefined when it means nothing. */
export function pressPermission(state: PermissionState, key: string): PermissionStep | undefined {
  switch (state.page) {
    case "choose":
      return pressChoose(state, key);
    case "always":
      return pressAlways(state, key);
    case "reason":
      // Its line of text has the other keys.
      return key === "escape" ? turn(state, "choose", 3) : undefined;
  }
}

/** The reason was written: without one it is a plain rejection. */
export function giveReason(state: PermissionState, reason: string): PermissionStep {
  const message = reason.trim();
  return { state, answer: { reply: "reject", ...(message !== "" && { message }) } };
}

/** Chooses a button of the page, as its number or a click does. */
export function chooseButton(state: PermissionState, index: number): PermissionStep {
  return state.page === "always" ? chooseAlways(state, index) : chooseReply(state, index);
}

function pressChoose(state: PermissionState, key: string): PermissionStep | undefined {
  if (key === "escape") return { state, answer: { reply: "reject" } };
  if (key === "return") return chooseReply(state, state.selected);
  if (/^[1-4]$/.test(key)) return chooseReply(state, Number(key) - 1);
  return select(state, key, CHOOSE_BUTTONS.length);
}

function chooseReply(state: PermissionState, index: number): PermissionStep {
  switch (index) {
    case 0:
      return { state, answer: { reply: "once" } };
    case 1:
      // Nothing could be remembered: saying always would promise what does not come.
      return canAlways(state) ? turn(state, "always", 0) : { state: { ...state, selected: 1 } };
    case 2:
      return { state, answer: { reply: "reject" } };
    default:
      return turn(state, "reason", 0);
  }
}

function pressAlways(state: PermissionState, key: string): PermissionStep | undefined {
  const { choices, row, selected } = state;
  switch (key) {
    case "escape":
      return turn(state, "choose", 1);
    case "return":
      return chooseAlways(state, selected);
    case "space":
      return toggleChoice(state, row);
    case "up":
    case "down": {
      const by = key === "up" ? choices.length - 1 : 1;
      return { state: { ...state, row: (row + by) % choices.length } };
    }
    default:
      if (/^[1-9]$/.test(key)) return toggleChoice(state, Number(key) - 1);
      return select(state, key, ALWAYS_BUTTONS.length);
  }
}

export function toggleChoice(state: PermissionState, row: number): PermissionStep {
  const choices = state.choices.map((choice, index) =>
    index === row ? { ...choice, isChosen: !choice.isChosen } : choice,
  );
  return { state: row < choices.length ? { ...state, choices, row } : state };
}

function chooseAlways(state: PermissionState, index: number): PermissionStep {
  if (index === 2) return turn(state, "choose", 1);
  const always = chosenPatterns(state.choices);
  // With nothing chosen there is nothing to remember: it is allowed this once.
  if (always.length === 0) return { state, answer: { reply: "once" } };
  return { state, answer: { reply: "always", always, ...(index === 1 && { save: true }) } };
}

function turn(state: PermissionState, page: PermissionPage, selected: number): PermissionStep {
  return { state: { ...state, page, selected } };
}

function select(state: PermissionState, key: string, count: number): PermissionStep | undefined {
  const by = key === "right" || key === "tab" ? 1 : key === "left" || key === "shift+tab" ? -1 : 0;
  if (by === 0) return undefined;
  return { state: { ...state, selected: (state.selected + by + count) % count } };
}
