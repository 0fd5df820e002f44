// The table of formatters: for which files each is, by what a project shows that it uses it, and
// how it formats one file in place. Looking, choosing and running are done by Formatters.

/** A file of the project or of a directory above; alone, its being there is the sign. */
export interface FormatterSign {
  file: string;
  /** What its text must match. */
  text?: RegExp;
  /** What it must name among its dependencies, for package.json and composer.json. */
  dependency?: string;
}

export interface Formatter {
  name: string;
  /** Ends of file names in lower case, each with its dot. */
  extensions: readonly string[];
  /** The program and its arguments; `$FILE` stands for the file's absolute path. */
  command: readonly string[];
  environment?: Readonly<Record<string, string>>;
  disabled?: boolean;
  /** One of them must be there; without any it is enough to have the program. */
  signs?: readonly FormatterSign[];
  /** Gives way where the formatter of this name is in force. */
  unless?: string;
  /** It runs code of the project, its configuration say: not before the project is trusted. */
  runsProject?: boolean;
  /** Only when this is set in the environment. */
  flag?: string;
  /** Tells the program from others of its name: it must end well, with this in its output. */
  probe?: { args: readonly string[]; output?: RegExp };
  /** An option whose value stands in the nearest file of that name that has it. */
  option?: { name: string; file: string; value: RegExp };
}

const SCRIPTS: readonly string[] = [".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"];
const STYLES: readonly string[] = [".css", ".scss", ".sass", ".less"];
const COMPONENTS: readonly string[] = [".html", ".htm", ".vue", ".svelte", ".astro"];
const DATA: readonly string[] = [".json", ".jsonc", ".yaml", ".yml", ".toml", ".xml"];
const WEB: readonly string[] = [
  ...SCRIPTS,
  ...STYLES,
  ...COMPONENTS,
  ...DATA,
  ".md",
  ".mdx",
  ".graphql",
  ".gql",
];
const C_FAMILY: readonly string[] = [
  ".c",
  ".cc",
  ".cpp",
  ".cxx",
  ".c++",
  ".h",
  ".hh",
  ".hpp",
  ".hxx",
  ".h++",
];
const RUBY: readonly string[] = [".rb", ".rake", ".gemspec", ".ru"];
const PYTHON: readonly string[] = [".py", ".pyi"];

/** In this order; all that are in force for a file format it, one after the other. */
export const FORMATTERS: readonly Formatter[] = [
  tool("gofmt", [".go"], "gofmt -w $FILE"),
  {
    ...tool(
      "mix",
      [".ex", ".exs", ".eex", ".heex", ".leex", ".neex", ".sface"],
      "mix format $FILE",
    ),
    signs: files(".formatter.exs", "mix.exs"),
    runsProject: true,
  },
  {
    ...tool("prettier", WEB, "prettier --write --ignore-unknown $FILE"),
    signs: [{ file: "package.json", dependency: "prettier" }],
    runsProject: true,
  },
  {
    ...tool("oxfmt", [...SCRIPTS, ".json", ".jsonc"], "oxfmt $FILE"),
    signs: [{ file: "package.json", dependency: "oxfmt" }],
    flag: "OPENCODE_EXPERIMENTAL_OXFMT",
  },
  {
    // A file that its configuration leaves out is no failure.
    ...tool("biome", WEB, "biome format --write --no-errors-on-unmatched $FILE"),
    signs: files("biome.json", "biome.jsonc"),
  },
  tool("zig", [".zig", ".zon"], "zig fmt $FILE"),
  {
    ...tool("clang-format", [...C_FAMILY, ".ino"], "clang-format -i $FILE"),
    signs: files(".clang-format", "_clang-format"),
  },
  tool("ktlint", [".kt", ".kts"], "ktlint -F $FILE"),
  {
    ...tool("ruff", PYTHON, "ruff format $FILE"),
    signs: [
      ...files("ruff.toml", ".ruff.toml"),
      { file: "pyproject.toml", text: /^\s*\[tool\.ruff[\].]|["']ruff\b|^ruff\s*=/m },
      { file: "requirements.txt", text: /^ruff\b/m },
      { file: "requirements-dev.txt", text: /^ruff\b/m },
      { file: "Pipfile", text: /^ruff\s*=/m },
    ],
  },
  {
    ...tool("uv", PYTHON, "uv format -- $FILE"),
    unless: "ruff",
    // It fetches a formatter from where the project says.
    runsProject: true,
    // Older ones cannot format.
    probe: { args: ["format", "--help"] },
  },
  {
    ...tool("air", [".r"], "air format $FILE"),
    // Another well-known program of this name restarts Go servers.
    probe: { args: ["--help"], output: /\bR language\b/ },
  },
  {
    // What it finds and does not correct is for a linter to say, not a failure to format.
    ...tool("rubocop", RUBY, "rubocop --autocorrect --fail-level fatal $FILE"),
    unless: "standardrb",
    runsProject: true,
  },
  {
    ...tool("standardrb", RUBY, "standardrb --fix --fail-level fatal $FILE"),
    signs: [...files(".standard.yml"), { file: "Gemfile", text: /^\s*gem\s+["']standard["']/m }],
    runsProject: true,
  },
  tool("htmlbeautifier", [".erb"], "htmlbeautifier $FILE"),
  tool("dart", [".dart"], "dart format $FILE"),
  { ...tool("ocamlformat", [".ml", ".mli"], "ocamlformat -i $FILE"), signs: files(".ocamlformat") },
  tool("terraform", [".tf", ".tfvars"], "terraform fmt $FILE"),
  tool("latexindent", [".tex"], "latexindent -w -s $FILE"),
  tool("gleam", [".gleam"], "gleam format $FILE"),
  tool("shfmt", [".sh", ".bash"], "shfmt -w $FILE"),
  tool("nixfmt", [".nix"], "nixfmt $FILE"),
  {
    ...tool("rustfmt", [".rs"], "rustfmt $FILE"),
    // A project's rust-toolchain.toml may name a program of its own in its place.
    runsProject: true,
    // By itself it reads every file as one of 2015.
    option: { name: "--edition", file: "Cargo.toml", value: /^\s*edition\s*=\s*"(\d{4})"/m },
  },
  {
    ...tool("pint", [".php"], "pint $FILE"),
    signs: [{ file: "composer.json", dependency: "laravel/pint" }],
    runsProject: true,
  },
  tool("ormolu", [".hs"], "ormolu -i $FILE"),
  {
    ...tool("cljfmt", [".clj", ".cljs", ".cljc", ".edn"], "cljfmt fix --quiet $FILE"),
    runsProject: true,
  },
  tool("dfmt", [".d"], "dfmt -i $FILE"),
];

function tool(name: string, extensions: readonly string[], line: string): Formatter {
  return { name, extensions, command: line.split(" ") };
}

function files(...names: readonly string[]): FormatterSign[] {
  return names.map((file) => ({ file }));
}
