// Skills: instructions that a model loads when it needs them.

import { t, type Static } from "@/base/schema";

/** `location` is the absolute path of its file, `content` the text without its front matter. */
export const Skill = t.Object(
  {
    name: t.String(),
    description: t.Optional(t.String()),
    location: t.String(),
    content: t.String(),
  },
  { $id: "Skill" },
);
export type Skill = Static<typeof Skill>;
