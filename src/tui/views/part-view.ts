// Which view shows a part: the table of part types, and of tools.
import type { MakePartView, PlacedPart } from "./view";
import { TextView } from "./text";

export const makePartView: MakePartView = (ui, { part, message }) => {
  if (part.type !== "text" || part.synthetic) return undefined;
  const view = new TextView(ui, { part, message });
  return {
    root: view.root,
    isRow: view.isRow,
    update: (placed: PlacedPart) => {
      if (placed.part.type === "text") view.update({ ...placed, part: placed.part });
    },
    setExpanded: () => view.setExpanded(),
    destroy: () => view.destroy(),
  };
};
