// Tools as the API lists them.

import { t, type Static } from "@/base/schema";

export const ToolIDs = t.Array(t.String(), { $id: "ToolIDs" });
export type ToolIDs = Static<typeof ToolIDs>;

/** `parameters` is a JSON schema. */
export const ToolListItem = t.Object(
  { id: t.String(), description: t.String(), parameters: t.Unknown() },
  { $id: "ToolListItem" },
);
export type ToolListItem = Static<typeof ToolListItem>;

export const ToolList = t.Array(ToolListItem, { $id: "ToolList" });
export type ToolList = Static<typeof ToolList>;
