// Fills the slots that a theme leaves out by their rules.

import { mix, nominalBackground, type Color, type Mode } from "./color";
import { RULED_SLOTS, ruleOf, type BaseSlot, type Rule, type Slot } from "./slots";

export type Slots = Record<Slot, Color>;

/** Every slot, of those that are given. A tint over "none" is one over the usual background. */
export function completeSlots(given: Partial<Slots> & Record<BaseSlot, Color>, mode: Mode): Slots {
  const slots: Partial<Slots> = { ...given };
  const ground = given.background === "none" ? nominalBackground(mode) : given.background;
  const apply = (rule: Rule): Color => {
    if (typeof rule === "string") return slots[rule as Slot] ?? "none";
    return mix(ground, slots[rule.tint as Slot] ?? ground, rule.of);
  };
  for (const slot of RULED_SLOTS) slots[slot] ??= apply(ruleOf(slot));
  return slots as Slots;
}
