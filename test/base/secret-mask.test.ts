import { expect, test } from "bun:test";
import { createSecretMask, REDACTED } from "@/base/secret-mask";
import { cpuTime } from "@test/support/cpu-time";

/** What secrets are made of here: no text of this file has the whole form of one. */
const abc = "aB3dE5gH7jK9mN1pQ3sT5vX7zA2cD4eF6";
const hex = "0123456789abcdef".repeat(4);
const known = "correct horse/battery+staple";

const mask = createSecretMask([known, `line one of a key\nsecond line ${abc}\n`]);

/** A text, and which of its pieces must be gone. What is not named must stay. */
const SECRETS: readonly [text: string, gone: string, stays?: string][] = [
  // Known values, in all the ways in which they are written.
  [`it is ${known}!`, known, "it is"],
  [`?q=${encodeURIComponent(known)}`, encodeURIComponent(known)],
  [`Zm9v ${Buffer.from(known).toString("base64")}`, Buffer.from(known).toString("base64")],
  [`id ${Buffer.from(known).toString("base64url")}`, Buffer.from(known).toString("base64url")],
  [`| second line ${abc} |`, abc],
  // Forms of tokens.
  [`key sk-${abc} end`, abc, " end"],
  [`sk-ant-api03-${abc}`, abc],
  [`sk_live_${abc}`, abc],
  [`ghp_${abc} github_pat_${abc}`, abc],
  [`glpat-${abc}`, abc],
  [`xoxb-1234-${abc}`, abc],
  [`AKIA${"ABCDEFGH12345678"} is there`, "ABCDEFGH12345678", "is there"],
  [`AIza${abc}AB`, abc],
  [`hf_${abc}`, abc],
  [`npm_${abc}`, abc],
  [`dop_v1_${hex}`, hex],
  [`gsk_${abc}`, abc],
  [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${abc}`, abc],
  [`hooks.slack.com/services/T00/B00/${abc}`, abc, "hooks.slack.com"],
  [
    `-----BEGIN RSA PRIVATE KEY-----\n${abc}\n${abc}\n-----END RSA PRIVATE KEY-----\nafter`,
    abc,
    "after",
  ],
  [`-----BEGIN OPENSSH PRIVATE KEY-----\n${abc}\n`, abc],
  // Syntax around them.
  ["postgres://me:hunter2@db.example/x", "hunter2", "db.example/x"],
  ["https://hunter2@example.com", "hunter2", "example.com"],
  ["curl -H 'Authorization: Bearer abcdef' https://x", "abcdef", "https://x"],
  ['{"authorization":"Basic dXNlcjpwYXNz","a":1}', "dXNlcjpwYXNz", '"a":1'],
  ["Cookie: session=abc; other=def\nHost: x", "def", "Host: x"],
  ["set-cookie: sid=abc; Path=/", "abc"],
  ["sent Bearer abcdefghijkl", "abcdefghijkl"],
  ["https://x.example/a?page=2&access_token=abc&b=1", "=abc", "&b=1"],
  ["deploy --token abc --region eu", "abc", "--region eu"],
  ["deploy --api-key=abc x", "abc", " x"],
  ['login --password "abc"', "abc"],
  ["curl -u me:hunter2 https://x", "hunter2", "https://x"],
  // Assignments of secret names.
  ["export API_KEY=abc", "abc"],
  ["AWS_SECRET_ACCESS_KEY = abc/def", "abc/def"],
  ["DB_PASSWORD='my pass phrase' # x", "my pass phrase", "# x"],
  ['DB_PASSWORD="my pass phr', "my pass phr"],
  ["env: MY_TOKEN=abc other=1", "abc", "other=1"],
  ["DATABASE_URL=mysql://localhost/x", "mysql://localhost/x"],
  ['"apiKey": "abc"', "abc"],
  [String.raw`{\"client_secret\":\"abc\",\"x\":1}`, "abc", String.raw`\"x\":1`],
  ["'password' => 'abc',", "abc"],
  ["password: hunter2\nuser: me", "hunter2", "user: me"],
  ["  - db_password: correct", "correct"],
  ["token = a1b2c3d4e5", "a1b2c3d4e5"],
  ["x=1&password=abc&y=2", "abc", "&y=2"],
  ["const clientSecret = `abc`;", "abc", "const clientSecret ="],
];

test("secrets go, what is around them stays", () => {
  for (const [text, gone, stays = ""] of SECRETS) {
    const masked = mask(text);
    expect(masked, text).toContain(REDACTED);
    expect(masked, text).not.toContain(gone);
    expect(masked, text).toContain(stays);
  }
});

const HARMLESS = [
  "const token = await getToken();",
  "password: string;",
  "function login(password: string, token?: string): void {}",
  "if (password === other) return;",
  'tokens: { input: 100, output: 20 }, "max_tokens": 4096',
  '"total_tokens": 12345678',
  "API_KEY=$MY_KEY node x.js",
  'const key = process.env.API_KEY; apiKey: "${API_KEY}"',
  "commit 0123456789abcdef0123456789abcdef01234567",
  "PWD=/home/user/project",
  "the password is wrong, and the token too",
  "https://example.com/a?page=2#top",
  "user@example.com wrote: hello",
  "skip-this-test-because-it-is-slow, a task-list",
  'key: "value", keyboard=us, monkey: "banana"',
  "tokenizer.ts: token_count = 12345678",
  "a => a.token => b",
  "",
];

test("what is no secret stays as it is", () => {
  for (const text of HARMLESS) expect(mask(text)).toBe(text);
});

test("what is masked stays so when it is masked again", () => {
  for (const [text] of SECRETS) {
    const once = mask(text);
    expect(mask(once)).toBe(once);
  }
});

test("short values are no secrets, and do not blot out words", () => {
  expect(createSecretMask(["test", ""])("a test")).toBe("a test");
});

test("hostile texts cost no time", async () => {
  const size = 100_000;
  const texts = [
    "a",
    "key",
    "token=",
    "a.",
    "-",
    "http://",
    "a:a@",
    '"',
    "\\",
    "-----BEGIN ",
    "= ",
    "_KEY=",
  ];
  texts.push(
    "authorization ",
    "-----BEGIN PRIVATE KEY-----",
    "Bearer ",
    "?token=",
    "eyJaaaaaaaa.",
    "token: ",
    'API_KEY="',
  );
  for (const text of texts) {
    const long = text.repeat(size / text.length);
    // Quadratic work on this would take minutes.
    expect(await cpuTime(() => mask(long)), text).toBeLessThan(3_000);
  }
});
