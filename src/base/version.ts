// The version of this program, and the only reader of package.json.
//
// build.ts replaces OPENCODE_VERSION by a literal, so that the executable needs no package.json;
// run from source the name does not exist and the file itself is asked.

import manifest from "#package.json" with { type: "json" };

declare const OPENCODE_VERSION: string | undefined;

/** As package.json has it, "1.2.3" without a "v". */
export const version: string =
  typeof OPENCODE_VERSION === "string" ? OPENCODE_VERSION : manifest.version;
