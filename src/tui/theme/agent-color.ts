// The colour of an agent: the one it names, or the one its place among the agents gives it.

import type { RGBA } from "@opentui/core";
import { isHex } from "./color";
import type { BaseSlot } from "./slots";
import { toRGBA, type Colors } from "./theme-colors";

const CYCLE = [
  "secondary",
  "accent",
  "success",
  "warning",
  "primary",
  "error",
  "info",
] as const satisfies readonly BaseSlot[];

export interface ColoredAgent {
  name: string;
  /** "#rrggbb" or the name of a slot. */
  color?: string;
}

export function agentColor(
  colors: Colors,
  agents: readonly ColoredAgent[],
  name: string | undefined,
): RGBA {
  const place = agents.findIndex((agent) => agent.name === name);
  const color = agents[place]?.color;
  if (color !== undefined && isHex(color)) return toRGBA(color);
  const slot = CYCLE.find((candidate) => candidate === color);
  return colors[slot ?? CYCLE[Math.max(place, 0) % CYCLE.length] ?? "secondary"];
}
