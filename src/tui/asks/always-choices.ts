// Always choices: what "always" may mean for a request, from this very act to all of its kind. The
// server's own proposal is chosen at first; a person narrows or widens it. Pure.
import type { PermissionRequest } from "@/schema/permission";

export interface AlwaysChoice {
  pattern: string;
  isChosen: boolean;
  /** How it stands to the proposal. */
  width: "proposed" | "narrower" | "wider";
}

const CHOICES_MAX = 12;

/** The proposal first, each pattern with its wider and narrower forms behind it; each once. */
export function alwaysChoices(request: PermissionRequest): AlwaysChoice[] {
  const choices: AlwaysChoice[] = [];
  const add = (pattern: string, width: AlwaysChoice["width"]) => {
    if (pattern === "" || choices.some((choice) => choice.pattern === pattern)) return;
    choices.push({ pattern, isChosen: width === "proposed", width });
  };
  const proposed = new Set(request.always);
  for (const pattern of request.always) {
    add(pattern, "proposed");
    const around = (other: string, width: AlwaysChoice["width"]) => {
      if (!proposed.has(other)) add(other, width);
    };
    for (const wider of widened(request.permission, pattern)) around(wider, "wider");
    for (const narrower of narrowed(request, pattern)) around(narrower, "narrower");
  }
  return choices.slice(0, Math.max(CHOICES_MAX, request.always.length));
}

export function chosenPatterns(choices: readonly AlwaysChoice[]): string[] {
  return choices.filter(({ isChosen }) => isChosen).map(({ pattern }) => pattern);
}

/** The acts asked for that the pattern covers; for everything, also the directories of files. */
function narrowed({ permission, patterns }: PermissionRequest, pattern: string): string[] {
  if (pattern === "*") {
    const isFiles = permission === "edit" || permission === "read";
    const directories = isFiles ? patterns.flatMap(directoryPattern) : [];
    return [...directories, ...patterns].filter((one) => one !== "*");
  }
  if (!pattern.endsWith(" *")) return [];
  const prefix = pattern.slice(0, -1);
  return patterns.filter((one) => one.startsWith(prefix));
}

function directoryPattern(path: string): string[] {
  const slash = path.lastIndexOf("/");
  return slash > 0 && !path.includes("*") ? [`${path.slice(0, slash)}/*`] : [];
}

/** `git log *` is widened to `git *`; a directory's files to those of all around it. */
function widened(permission: string, pattern: string): string[] {
  if (permission === "bash" && pattern.endsWith(" *")) {
    const words = pattern.slice(0, -2).split(" ");
    return words.length > 1 ? [`${words.slice(0, -1).join(" ")} *`] : [];
  }
  if (permission === "external_directory" && pattern.endsWith("/*")) {
    const above = pattern.slice(0, -2).replace(/\/[^/]+$/, "");
    // Never the root, nor all that lies right below it.
    return above.split("/").length > 2 ? [`${above}/*`] : [];
  }
  return [];
}
