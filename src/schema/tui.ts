// What a program may ask of the terminal interface. Each request becomes an event of the same
// properties, which the interface listens to.

import { stringEnum, t, type Static } from "@/base/schema";
import { PositiveCount, SessionID } from "./primitive";

/** Puts text behind what is in the prompt. */
export const TuiPromptAppend = t.Object({ text: t.String() });
export type TuiPromptAppend = Static<typeof TuiPromptAppend>;

/** Runs a command by its name, such as `session.new`; one that is not known does nothing. */
export const TuiCommandExecute = t.Object({ command: t.String() });
export type TuiCommandExecute = Static<typeof TuiCommandExecute>;

/** `duration` is in milliseconds. */
export const TuiToastShow = t.Object({
  title: t.Optional(t.String()),
  message: t.String(),
  variant: stringEnum(["info", "success", "warning", "error"]),
  duration: t.Optional(PositiveCount),
});
export type TuiToastShow = Static<typeof TuiToastShow>;

export const TuiSessionSelect = t.Object({ sessionID: SessionID });
export type TuiSessionSelect = Static<typeof TuiSessionSelect>;

export const EventTuiPromptAppend = t.Object(
  { type: t.Literal("tui.prompt.append"), properties: TuiPromptAppend },
  { $id: "EventTuiPromptAppend" },
);

export const EventTuiCommandExecute = t.Object(
  { type: t.Literal("tui.command.execute"), properties: TuiCommandExecute },
  { $id: "EventTuiCommandExecute" },
);

export const EventTuiToastShow = t.Object(
  { type: t.Literal("tui.toast.show"), properties: TuiToastShow },
  { $id: "EventTuiToastShow" },
);

export const EventTuiSessionSelect = t.Object(
  { type: t.Literal("tui.session.select"), properties: TuiSessionSelect },
  { $id: "EventTuiSessionSelect" },
);

/** Any of these events, as a client publishes it. */
export const TuiPublishInput = t.Union([
  EventTuiPromptAppend,
  EventTuiCommandExecute,
  EventTuiToastShow,
  EventTuiSessionSelect,
]);
export type TuiPublishInput = Static<typeof TuiPublishInput>;

/** A request that waits for the interface, and is answered with any JSON. */
export const TuiControlRequest = t.Object(
  { path: t.String(), body: t.Unknown() },
  { $id: "TuiControlRequest" },
);
export type TuiControlRequest = Static<typeof TuiControlRequest>;
