// Secret mask: takes secrets out of a text that strangers may read. Pure. What is known to be one
// goes wherever it stands; what only looks like one goes by the forms of tokens, by the syntax
// around it (headers, addresses, flags), and by the name it is assigned to. In doubt it goes.
import { isSecretName, isVariableName } from "./secret-names";

/** Stands for a secret. No character of it means anything in Markdown, HTML or a shell. */
export const REDACTED = "‹redacted›";

/** Longer secrets than this are not of one piece: they are not looked for by name. */
const VALUE_MAX = 4_096;
/** Shorter texts are no secrets worth the name, and would blot out ordinary words. */
const SECRET_MIN = 8;
/** A line of a longer secret, such as a key in a file. */
const LINE_MIN = 16;

/**
 * The forms of tokens. All quantifiers, here and below, are bounded, or nothing that follows can
 * fail: hostile texts cost no time.
 */
const TOKENS = new RegExp(
  [
    "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[^]*?(?:-----END [^-\\n]{0,60}-----|$)",
    "\\beyJ[\\w-]{8,4096}\\.[\\w-]{2,4096}(?:\\.[\\w-]{0,4096}){0,3}",
    "\\b(?:sk|pk|rk|whsec|sess)[-_][\\w-]{16,512}",
    "\\bgh[pousr]_\\w{16,512}",
    "\\bgithub_pat_\\w{16,512}",
    "\\bgl(?:pat|dt|rt|cbt|ptt|agent|soat|ft)-[\\w-]{16,512}",
    "\\bxox[a-z]-[\\w-]{10,512}",
    "\\bxapp-[\\w-]{10,512}",
    "\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\\b",
    "\\bAIza[\\w-]{30,60}",
    "\\bya29\\.[\\w-]{20,2048}",
    "\\bGOCSPX-[\\w-]{20,60}",
    "\\bhf_[A-Za-z0-9]{20,64}",
    "\\bnpm_[A-Za-z0-9]{30,64}",
    "\\bpypi-[\\w-]{40,512}",
    "\\b(?:gsk|xai|pplx|nvapi|r8|fw|csk|tvly|figd|sntrys|sbp|shpat|shpss)[-_][\\w-]{20,512}",
    "\\b(?:dckr_pat|lin_api)[-_][\\w-]{20,512}",
    "\\bdo[oprt]_v1_[a-f0-9]{40,80}",
    "\\bSG\\.[\\w-]{16,64}\\.[\\w-]{16,64}",
    "\\bhv[sbr]\\.[\\w-]{20,512}",
    "\\bATATT[\\w=-]{20,512}",
    "\\bEAA[A-Za-z0-9]{40,512}",
    "\\bAGE-SECRET-KEY-1[A-Z0-9]{40,70}",
    "\\btskey-[\\w-]{10,200}",
    "\\b\\d{8,10}:AA[\\w-]{32,40}\\b",
  ].join("|"),
  "g",
);

/** What stands behind these is a secret, whatever its form. */
const BEHIND: readonly RegExp[] = [
  /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'`<>]{1,512}(?=@)/gi,
  /(authorization["'\\]{0,4}\s?[:=]\s{0,3}["'\\]{0,4})(?:[a-z-]{2,20} {1,3})?[^\s"'\\,;]{1,999}/gi,
  /\b((?:set-)?cookie["'\\]{0,4}\s{0,3}:\s{0,3}["'\\]{0,4})[^"'\\\r\n]{1,4096}/gi,
  /\b(bearer\s{1,3})[\w.~+/=-]{12,4096}/gi,
  /(hooks\.slack\.com\/services\/)[\w/]{10,200}/g,
  /(discord(?:app)?\.com\/api\/webhooks\/)[\w/-]{10,200}/g,
  /([?&;][\w.-]{0,40}(?:key|token|secret|passw|credential)[\w-]{0,20}=)[^&#\s"'`<>]{1,4096}/gi,
  /([?&;][\w.-]{0,40}(?:sig|signature|code|auth)=)[^&#\s"'`<>]{1,4096}/gi,
  /(--?[\w-]{0,40}(?:passw(?:or)?d|passphrase)[= ]\s{0,3}["']?)[^\s"'-][^\s"']{0,999}/gi,
  /(--?[\w-]{0,40}(?:token|secret|api-?key)[= ]\s{0,3}["']?)[^\s"'-][^\s"']{0,999}/gi,
  /(\s(?:-u|--user|--proxy-user)\s{1,4}["']?[^\s:"']{1,64}:)[^\s"']{1,256}/g,
  /(\bsshpass\s{1,4}-p\s{0,4})\S{1,256}/g,
];

/** A name and what assigns to it: `API_KEY=`, `"apiKey": `, `token := `, in escaped JSON too. */
const ASSIGNMENT =
  /(?<![\w-])([A-Za-z_][\w.-]{0,80})(\\{0,3}["']?\]?\s{0,4}(?::=|=>|[:=])(?![=>])\s{0,8})/g;
const OPENING = /\\{0,3}["'`]/y;
const BARE_VALUE = /[^\s"'`,;&|(){}[\]<>\\]{1,4096}/y;
/** What stands at the place of a value in code, and says what it is or where it comes from. */
const WORD_OF_CODE = new RegExp(
  "^(?:string|number|boolean|bool|bytes|str|int|float|any|unknown|object|undefined|null|none|nil" +
    "|true|false|required|optional|await|new|this|self|type" +
    "|[a-z_]\\w*(?:\\??\\.[a-z_]\\w*)+)$",
  "i",
);

/** Where a value comes from tells nothing of it. */
const REFERENCE = /^(?:\$|process\.env|import\.meta\.env|os\.environ|os\.getenv|Deno\.env)/;

/**
 * A function that masks texts. `secrets` are the values that are known to be secret; also the ways
 * in which they are written in addresses, in JSON and in base64 are masked.
 */
export function createSecretMask(secrets: readonly string[]): (text: string) => string {
  const known = [...new Set(secrets.flatMap(writings))].sort((a, b) => b.length - a.length);
  return (text) => {
    let masked = text;
    for (const secret of known) masked = masked.replaceAll(secret, REDACTED);
    masked = masked.replace(TOKENS, REDACTED);
    for (const form of BEHIND) masked = masked.replace(form, `$1${REDACTED}`);
    return maskAssignments(masked);
  };
}

function writings(secret: string): string[] {
  const trimmed = secret.trim();
  if (trimmed.length < SECRET_MIN) return [];
  const lines = trimmed.split(/\s*\n\s*/).filter((line) => line.length >= LINE_MIN);
  return [
    trimmed,
    encodeURIComponent(trimmed.toWellFormed()),
    JSON.stringify(trimmed).slice(1, -1),
    Buffer.from(trimmed).toString("base64").replace(/=+$/, ""),
    Buffer.from(trimmed).toString("base64url"),
    ...(lines.length > 1 ? lines : []),
  ];
}

/** Values are looked for behind secret names only, so that assignments in values are seen too. */
function maskAssignments(text: string): string {
  let masked = "";
  let done = 0;
  ASSIGNMENT.lastIndex = 0;
  for (let found = ASSIGNMENT.exec(text); found; found = ASSIGNMENT.exec(text)) {
    const name = found[1] ?? "";
    if (!isSecretName(name)) continue;
    const value = findValue(text, { name, start: ASSIGNMENT.lastIndex, at: found.index });
    if (!value) continue;
    masked += text.slice(done, value.start) + REDACTED;
    done = value.end;
    ASSIGNMENT.lastIndex = value.end;
  }
  return masked + text.slice(done);
}

interface Place {
  start: number;
  end: number;
}

function findValue(
  text: string,
  { name, start, at }: { name: string; start: number; at: number },
): Place | undefined {
  OPENING.lastIndex = start;
  const opening = OPENING.exec(text)?.[0];
  if (opening !== undefined) return findQuoted(text, start + opening.length, opening);
  BARE_VALUE.lastIndex = start;
  const value = BARE_VALUE.exec(text)?.[0];
  if (value === undefined || REFERENCE.test(value) || value.startsWith("‹")) return undefined;
  const place = { start, end: start + value.length };
  const isSecret = isVariableName(name) || isLiteral(text, value, { at, ...place });
  return isSecret ? place : undefined;
}

/** Up to the same quote, or to the end of the line when it is missing. */
function findQuoted(text: string, start: number, quote: string): Place | undefined {
  const rest = text.slice(start, start + VALUE_MAX);
  const line = rest.indexOf("\n");
  const limit = line < 0 ? rest.length : line;
  const close = rest.indexOf(quote);
  const length = close < 0 || close > limit ? limit : close;
  const value = rest.slice(0, length);
  const isReference = /^\$\{?\w+\}?$/.test(value) || /^\{(?:env|file):[^}]*\}$/.test(value);
  return value === "" || value === REDACTED || isReference
    ? undefined
    : { start, end: start + length };
}

/** Whether a value without quotes, behind a name as code has it, is a value and no expression. */
function isLiteral(
  text: string,
  value: string,
  { at, start, end }: Place & { at: number },
): boolean {
  if (WORD_OF_CODE.test(value)) return false;
  if (text[start - 1] === "=") return text[end] !== "(";
  if (/\d/.test(value) && value.length >= SECRET_MIN) return text[end] !== "(";
  // A line of its own, as YAML has it.
  const before = text.slice(Math.max(0, at - 40), at);
  return (
    /(?:^|\n)[\s-]*["']?$/.test(before) && /^[ \t]*(?:\r?\n|$)/.test(text.slice(end, end + 80))
  );
}
