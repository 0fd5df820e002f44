// Path mask: in a text that strangers may read, paths of the project become relative to its root,
// and absolute paths of anything else go. Pure: paths are compared by their names alone.
import { normalize, relative } from "node:path";
import { isInside } from "@/base/file";

/** Stands for a path outside of the project. */
const HIDDEN_PATH = "‹path›";

export interface PathMaskOptions {
  /** The root of the project. */
  root: string;
  /** The home directory of the person. */
  home: string;
  /** The names in the root directory of this machine, besides those that are usual. */
  roots?: readonly string[];
}

/** Where absolute paths begin, on this machine or on others that a text may come from. */
const USUAL_ROOTS: readonly string[] = [
  ...["Applications", "Library", "System", "Users", "Volumes", "app", "bin", "boot", "data"],
  ...["dev", "etc", "home", "lib", "lib64", "media", "mnt", "nix", "opt", "private", "proc"],
  ...["root", "run", "sbin", "snap", "srv", "sys", "tmp", "usr", "var", "workspace"],
];

/** Every machine has them, and they lead nowhere. */
const DEVICES = /^\/dev\/(?:null|zero|u?random|tty|std(?:in|out|err)|fd\/\d)$/;

const DRIVE = /^[A-Za-z]:[\\/]/;

/** What a path goes on with; trailing punctuation belongs to the sentence around it. */
const REST = "(?:\\\\ |[^\\s\"'`<>|:;‹›])";
const TRAILING = /[),.\]}!?]+$/;

/** A function that masks texts. */
export function createPathMask(options: PathMaskOptions): (text: string) => string {
  const forms = createForms(options);
  const mask = (path: string) => maskPath(path, options);
  return (text) =>
    forms.reduce((masked, form) => {
      return masked.replace(form, (found) => {
        const trailing = TRAILING.exec(found)?.[0] ?? "";
        return mask(found.slice(0, found.length - trailing.length)) + trailing;
      });
    }, text);
}

/** A whole path, whatever characters it has. Relative ones stay as they are. */
export function maskPath(found: string, { root, home }: PathMaskOptions): string {
  const path = absolutePath(found, home);
  if (path === undefined) return found;
  if (DEVICES.test(path)) return found;
  // A path of a system with drives has no place on one without.
  const isForeign = DRIVE.test(path) !== DRIVE.test(root);
  if (isForeign || !isInside(root, path)) return HIDDEN_PATH;
  const way = relative(root, path) || ".";
  return path.endsWith("/") && way !== "." ? `${way}/` : way;
}

/** The path as it is without the ways to write it; undefined for a relative one. */
function absolutePath(found: string, home: string): string | undefined {
  const isURL = found.startsWith("file:");
  const plain = isURL || found.startsWith("%2F") ? decode(found) : found.replaceAll("\\ ", " ");
  const path = plain
    .replace(/^file:\/{0,2}(?:localhost)?(?=\/)/i, "")
    .replace(/^(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%)(?=[\\/]|$)/, () => home);
  const isAbsolute = path.startsWith("/") || DRIVE.test(path);
  if (isAbsolute) return normalize(path.replaceAll("\\\\", "\\"));
  return isURL ? "/" : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a plain path with a percent sign in it
  }
}

function createForms({ root, home, roots = [] }: PathMaskOptions): RegExp[] {
  // What has one segment or none would be found in every path.
  const anchors = [root, home].filter((path) => path.length > 1);
  const written = anchors.flatMap((path) => [path, path.replaceAll("\\", "\\\\")]);
  const encoded = anchors.map(encodeURIComponent).filter((path) => path.startsWith("%2F"));
  const tops = alternatives([...new Set([...USUAL_ROOTS, ...roots])]);
  const sources = [
    `\\bfile:/${REST}*`,
    ...(encoded.length > 0 ? [`(?:${alternatives(encoded)})[\\w%.~-]*`] : []),
    // The project and the home directory wherever they stand, also behind a flag: -I/home/user.
    ...(written.length > 0 ? [`(?:${alternatives(written)})${REST}*`] : []),
    `(?<![A-Za-z0-9])(?:[A-Z]:(?:\\\\|/(?!/))|c:[\\\\/]+(?:Users|Windows)[\\\\/])${REST}+`,
    `(?<![\\w./\\\\~@-])/(?:${tops})/${REST}+`,
    `(?<![\\w./\\\\-])(?:~|\\$HOME|\\$\\{HOME\\}|%USERPROFILE%)[\\\\/]${REST}+`,
  ];
  return sources.map((source) => new RegExp(source, "g"));
}

/** Longest first, so that a name that begins another does not hide it. */
function alternatives(texts: readonly string[]): string {
  return [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => RegExp.escape(text))
    .join("|");
}
