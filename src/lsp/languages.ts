// The table of language servers: which there are, for which files, where their root is, how they
// start and how they are had. Versions are of the kind that was tried: a newer one may speak
// otherwise. Settings keep servers from fetching things of their own accord.
import type { LanguageServer, RootRule, ServerCommand, ServerInstall } from "./language-server";

const SCRIPTS = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts"] as const;
const LOCKFILES = [
  "package-lock.json",
  "bun.lock",
  "bun.lockb",
  "pnpm-lock.yaml",
  "yarn.lock",
] as const;
const DENO_MARKERS = ["deno.json", "deno.jsonc"] as const;
const PYTHON_MARKERS = [
  "pyproject.toml",
  "setup.py",
  "setup.cfg",
  "requirements.txt",
  "Pipfile",
  "pyrightconfig.json",
] as const;
const JVM_MARKERS = [
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "settings.gradle",
  "settings.gradle.kts",
] as const;
const DOTNET_MARKERS = ["*.slnx", "*.sln", "*.csproj", "*.fsproj", "global.json"] as const;
const ESLINT_MARKERS = [
  ...["js", "mjs", "cjs", "ts", "mts", "cts"].map((end) => `eslint.config.${end}`),
  ...["", ".js", ".cjs", ".json", ".yaml", ".yml"].map((end) => `.eslintrc${end}`),
] as const;

/** The nearest directory with one of the names, or else the project's. */
function near(...names: readonly string[]): RootRule {
  return { markers: [names], otherwise: "project" };
}

/** The nearest directory with one of the names; without any the server is not for the file. */
function only(...names: readonly string[]): RootRule {
  return { markers: [names], otherwise: "none" };
}

function program(line: string): ServerCommand {
  const [name = "", ...args] = line.split(" ");
  return { program: name, args };
}

/** A program of an npm package, which may be the project's own. */
function npm(name: string, line: string): ServerCommand {
  return { ...program(line), package: name };
}

function fromNpm(...packages: readonly string[]): ServerInstall {
  return { from: "npm", packages };
}

function by(line: string, env?: Readonly<Record<string, string>>): ServerInstall {
  return { from: "program", argv: line.split(" "), ...(env && { env }) };
}

/**
 * `<os>` and `<cpu>` in the asset's name stand for what the project calls them. Without a
 * repository it is an address.
 */
function release(
  repository: string | undefined,
  program: string,
  asset: string,
  words: { os: Record<string, string>; cpu: Record<string, string> },
): Extract<ServerInstall, { from: "release" }> {
  const assets = Object.entries(words.os).flatMap(([platform, os]) =>
    Object.entries(words.cpu).map(([arch, cpu]) => {
      const name = asset.replace("<os>", os).replace("<cpu>", cpu);
      return [`${platform}-${arch}`, name] as const;
    }),
  );
  const at = repository ? { repository } : {};
  return { from: "release", ...at, program, assets: Object.fromEntries(assets) };
}

const PLAIN_NAMES = {
  os: { linux: "linux", darwin: "darwin" },
  cpu: { x64: "x64", arm64: "arm64" },
};
const RUST_NAMES = {
  os: { linux: "linux", darwin: "macos" },
  cpu: { x64: "x86_64", arm64: "aarch64" },
};
const GO_NAMES = {
  os: { linux: "linux", darwin: "darwin" },
  cpu: { x64: "amd64", arm64: "arm64" },
};
const JDTLS = release(
  undefined,
  "jdtls",
  "https://download.eclipse.org/jdtls/snapshots/jdt-language-server-latest.tar.gz",
  PLAIN_NAMES,
);
const TERRAFORM = release(
  undefined,
  "terraform-ls",
  "https://releases.hashicorp.com/terraform-ls/0.34.0/terraform-ls_0.34.0_<os>_<cpu>.zip",
  GO_NAMES,
);
const CLANGD: ServerInstall = {
  from: "release",
  repository: "clangd/clangd",
  program: "clangd",
  assets: {
    "linux-x64": "clangd-linux-*.zip",
    "darwin-x64": "clangd-mac-*.zip",
    "darwin-arm64": "clangd-mac-*.zip",
  },
};
const ROSLYN = by("dotnet tool install --tool-path $PLACE/bin roslyn-language-server --prerelease");

/** In this order; a file may have several. */
export const LANGUAGE_SERVERS: readonly LanguageServer[] = [
  {
    id: "deno",
    isolatedUnless: [],
    extensions: [".ts", ".tsx", ".js", ".jsx", ".mjs"],
    root: only(...DENO_MARKERS),
    commands: [program("deno lsp")],
    hint: "install Deno (https://deno.com)",
    initialization: { enable: true },
  },
  {
    id: "typescript",
    extensions: SCRIPTS,
    root: { ...near(...LOCKFILES), unless: DENO_MARKERS },
    commands: [npm("typescript-language-server", "typescript-language-server --stdio")],
    hint: "npm install --global typescript-language-server typescript",
    install: fromNpm("typescript-language-server@6", "typescript@5"),
    // One process instead of two, and nothing installed behind the person's back.
    initialization: {
      disableAutomaticTypingAcquisition: true,
      tsserver: { useSyntaxServer: "never" },
    },
    diagnostics: "tsserver",
    // It would take the project's own compiler.
    isolatedUnless: ["node_modules/typescript"],
  },
  {
    id: "vue",
    extensions: [".vue"],
    root: near(...LOCKFILES),
    commands: [npm("@vue/language-server", "vue-language-server --stdio")],
    hint: "npm install --global @vue/language-server",
    install: fromNpm("@vue/language-server@3", "typescript@5"),
    finds: "typescript-library",
  },
  {
    id: "svelte",
    extensions: [".svelte"],
    root: near(...LOCKFILES),
    commands: [npm("svelte-language-server", "svelteserver --stdio")],
    hint: "npm install --global svelte-language-server",
    install: fromNpm("svelte-language-server@0.18", "typescript@5"),
  },
  {
    id: "astro",
    extensions: [".astro"],
    root: near(...LOCKFILES),
    commands: [npm("@astrojs/language-server", "astro-ls --stdio")],
    hint: "npm install --global @astrojs/language-server",
    install: fromNpm("@astrojs/language-server@2", "typescript@5"),
    finds: "typescript-library",
  },
  {
    id: "eslint",
    extensions: [...SCRIPTS, ".vue"],
    root: only(...ESLINT_MARKERS),
    commands: [npm("vscode-langservers-extracted", "vscode-eslint-language-server --stdio")],
    hint: "npm install --global vscode-langservers-extracted",
    install: fromNpm("vscode-langservers-extracted@4"),
    settings: {
      "": {
        validate: "on",
        run: "onType",
        nodePath: null,
        quiet: false,
        format: false,
        onIgnoredFiles: "off",
        rulesCustomizations: [],
        problems: { shortenToSingleLine: false },
        workingDirectory: { mode: "location" },
        codeActionOnSave: { enable: false, mode: "all" },
        experimental: {},
      },
    },
    finds: "eslint-workspace",
  },
  {
    id: "oxlint",
    extensions: [...SCRIPTS, ".vue", ".astro", ".svelte"],
    root: only(".oxlintrc.json", ".oxlintrc.jsonc", "oxlint.config.ts"),
    commands: [npm("oxlint", "oxlint --lsp")],
    hint: "npm install --save-dev oxlint",
  },
  {
    id: "biome",
    isolatedUnless: [],
    extensions: [
      ...[...SCRIPTS, ".json", ".jsonc", ".css", ".graphql", ".gql", ".html"],
      ...[".vue", ".astro", ".svelte"],
    ],
    root: only("biome.json", "biome.jsonc"),
    commands: [npm("@biomejs/biome", "biome lsp-proxy")],
    hint: "npm install --save-dev @biomejs/biome",
  },
  {
    id: "gopls",
    extensions: [".go"],
    root: { markers: [["go.work"], ["go.mod", "go.sum"]], otherwise: "project" },
    commands: [program("gopls")],
    hint: "go install golang.org/x/tools/gopls@latest",
    install: by("go install golang.org/x/tools/gopls@latest", { GOBIN: "$PLACE/bin" }),
  },
  {
    id: "ruby-lsp",
    extensions: [".rb", ".rake", ".gemspec", ".ru"],
    root: near("Gemfile"),
    commands: [program("ruby-lsp"), program("rubocop --lsp")],
    hint: "gem install ruby-lsp",
    install: by("gem install --no-document --bindir $PLACE/bin ruby-lsp", { GEM_HOME: "$PLACE" }),
  },
  {
    id: "pyright",
    isolatedUnless: [],
    extensions: [".py", ".pyi"],
    root: near(...PYTHON_MARKERS),
    commands: [
      npm("pyright", "pyright-langserver --stdio"),
      program("basedpyright-langserver --stdio"),
    ],
    hint: "npm install --global pyright",
    install: fromNpm("pyright@1"),
    settings: { python: { analysis: { diagnosticMode: "openFilesOnly" } } },
    finds: "python",
  },
  {
    id: "ty",
    isolatedUnless: [],
    extensions: [".py", ".pyi"],
    root: near("ty.toml", ...PYTHON_MARKERS),
    commands: [program("ty server")],
    hint: "uv tool install ty",
  },
  {
    id: "elixir-ls",
    extensions: [".ex", ".exs"],
    root: near("mix.exs", "mix.lock"),
    commands: [program("elixir-ls"), program("language_server.sh")],
    hint: "install elixir-ls (https://github.com/elixir-lsp/elixir-ls)",
    install: {
      ...release("elixir-lsp/elixir-ls", "language_server.sh", "elixir-ls-*.zip", PLAIN_NAMES),
      needs: "elixir",
    },
  },
  {
    id: "zls",
    extensions: [".zig", ".zon"],
    root: near("build.zig"),
    commands: [program("zls")],
    hint: "install zls (https://github.com/zigtools/zls)",
    install: release("zigtools/zls", "zls", "zls-<cpu>-<os>.tar.?z", RUST_NAMES),
  },
  {
    id: "csharp",
    extensions: [".cs", ".csx"],
    root: near(...DOTNET_MARKERS),
    commands: [program("roslyn-language-server --stdio --autoLoadProjects"), program("csharp-ls")],
    hint: "dotnet tool install --global roslyn-language-server --prerelease",
    install: ROSLYN,
  },
  {
    id: "razor",
    extensions: [".razor", ".cshtml"],
    root: near(...DOTNET_MARKERS),
    commands: [program("roslyn-language-server --stdio --autoLoadProjects")],
    hint: "dotnet tool install --global roslyn-language-server --prerelease",
    install: ROSLYN,
  },
  {
    id: "fsharp",
    extensions: [".fs", ".fsi", ".fsx", ".fsscript"],
    root: near(...DOTNET_MARKERS),
    commands: [program("fsautocomplete")],
    hint: "dotnet tool install --global fsautocomplete",
    install: by("dotnet tool install --tool-path $PLACE/bin fsautocomplete"),
    initialization: { AutomaticWorkspaceInit: true },
  },
  {
    id: "sourcekit-lsp",
    extensions: [".swift", ".m", ".mm"],
    root: near("Package.swift", "*.xcodeproj", "*.xcworkspace"),
    commands: [program("sourcekit-lsp")],
    hint: "install Xcode or the Swift toolchain (https://swift.org)",
  },
  {
    id: "rust",
    extensions: [".rs"],
    root: { ...only("Cargo.toml"), workspaceText: /^\s*\[workspace[\].]/m },
    commands: [program("rust-analyzer")],
    hint: "rustup component add rust-analyzer",
  },
  {
    id: "clangd",
    isolatedUnless: [],
    extensions: [".c", ".cpp", ".cc", ".cxx", ".c++", ".h", ".hpp", ".hh", ".hxx", ".h++"],
    root: {
      markers: [
        ["compile_commands.json", "compile_flags.txt", ".clangd"],
        ["CMakeLists.txt", "Makefile", "meson.build"],
      ],
      otherwise: "project",
    },
    commands: [program("clangd --background-index --clang-tidy")],
    hint: "install clangd (https://clangd.llvm.org)",
    install: CLANGD,
  },
  {
    id: "jdtls",
    extensions: [".java"],
    root: near(...JVM_MARKERS, ".project", ".classpath"),
    commands: [program("jdtls")],
    hint: "install jdtls and Java 21 (https://github.com/eclipse-jdtls/eclipse.jdt.ls)",
    install: { ...JDTLS, needs: "java" },
  },
  {
    id: "kotlin-ls",
    extensions: [".kt", ".kts"],
    root: near(...JVM_MARKERS),
    commands: [program("kotlin-lsp --stdio"), program("kotlin-language-server")],
    hint: "install kotlin-lsp (https://github.com/Kotlin/kotlin-lsp)",
  },
  {
    id: "yaml-ls",
    extensions: [".yaml", ".yml"],
    root: near(...LOCKFILES),
    commands: [npm("yaml-language-server", "yaml-language-server --stdio")],
    hint: "npm install --global yaml-language-server",
    install: fromNpm("yaml-language-server@2"),
    // The store would be fetched from the network for the first file.
    settings: { yaml: { schemaStore: { enable: false } } },
  },
  {
    id: "bash",
    isolatedUnless: [],
    extensions: [".sh", ".bash", ".zsh", ".ksh"],
    root: near(),
    commands: [npm("bash-language-server", "bash-language-server start")],
    hint: "npm install --global bash-language-server",
    install: fromNpm("bash-language-server@5"),
  },
  {
    id: "dockerfile",
    isolatedUnless: [],
    extensions: [".dockerfile", "Dockerfile", "Containerfile"],
    root: near(),
    commands: [npm("dockerfile-language-server-nodejs", "docker-langserver --stdio")],
    hint: "npm install --global dockerfile-language-server-nodejs",
    install: fromNpm("dockerfile-language-server-nodejs@0.15"),
  },
  {
    id: "php intelephense",
    isolatedUnless: [],
    extensions: [".php"],
    root: near("composer.json", "composer.lock", ".php-version"),
    commands: [npm("intelephense", "intelephense --stdio")],
    hint: "npm install --global intelephense",
    install: fromNpm("intelephense@1"),
    settings: { intelephense: { telemetry: { enabled: false } } },
  },
  {
    id: "lua-ls",
    extensions: [".lua"],
    root: near(".luarc.json", ".luarc.jsonc", ".luacheckrc", ".stylua.toml", "stylua.toml"),
    commands: [program("lua-language-server")],
    hint: "install lua-language-server (https://luals.github.io)",
    install: release(
      "LuaLS/lua-language-server",
      "lua-language-server",
      "lua-language-server-*-<os>-<cpu>.tar.gz",
      PLAIN_NAMES,
    ),
    settings: { Lua: { telemetry: { enable: false } } },
  },
  {
    id: "terraform",
    extensions: [".tf", ".tfvars"],
    root: near(".terraform.lock.hcl", "terraform.tfstate"),
    commands: [program("terraform-ls serve")],
    hint: "install terraform-ls (https://github.com/hashicorp/terraform-ls)",
    install: TERRAFORM,
  },
  {
    id: "texlab",
    extensions: [".tex", ".bib"],
    root: near(".latexmkrc", "latexmkrc", ".texlabroot", "texlabroot"),
    commands: [program("texlab")],
    hint: "install texlab (https://github.com/latex-lsp/texlab)",
    install: release("latex-lsp/texlab", "texlab", "texlab-<cpu>-<os>.tar.gz", RUST_NAMES),
  },
  {
    id: "tinymist",
    extensions: [".typ", ".typc"],
    root: near("typst.toml"),
    commands: [program("tinymist lsp")],
    hint: "install tinymist (https://github.com/Myriad-Dreamin/tinymist)",
    install: release("Myriad-Dreamin/tinymist", "tinymist", "tinymist-<os>-<cpu>", PLAIN_NAMES),
  },
  {
    id: "prisma",
    extensions: [".prisma"],
    root: near("schema.prisma", "package.json"),
    commands: [
      npm("@prisma/language-server", "prisma-language-server --stdio"),
      program("prisma language-server"),
    ],
    hint: "npm install --global @prisma/language-server",
    install: fromNpm("@prisma/language-server@31"),
    // It ends where it is told nothing.
    settings: { prisma: { enableDiagnostics: true } },
  },
  {
    id: "dart",
    extensions: [".dart"],
    root: near("pubspec.yaml", "analysis_options.yaml"),
    commands: [program("dart language-server --lsp")],
    hint: "install Dart (https://dart.dev)",
  },
  {
    id: "ocaml-lsp",
    extensions: [".ml", ".mli"],
    root: near("dune-project", "dune-workspace", "*.opam"),
    commands: [program("ocamllsp")],
    hint: "opam install ocaml-lsp-server",
  },
  {
    id: "gleam",
    extensions: [".gleam"],
    root: near("gleam.toml"),
    commands: [program("gleam lsp")],
    hint: "install Gleam (https://gleam.run)",
  },
  {
    id: "clojure-lsp",
    extensions: [".clj", ".cljs", ".cljc", ".edn"],
    root: near("deps.edn", "project.clj", "shadow-cljs.edn", "bb.edn", "build.boot"),
    commands: [program("clojure-lsp")],
    hint: "install clojure-lsp (https://clojure-lsp.io)",
  },
  {
    id: "nixd",
    extensions: [".nix"],
    root: near("flake.nix", "default.nix"),
    commands: [program("nixd")],
    hint: "install nixd (https://github.com/nix-community/nixd)",
  },
  {
    id: "haskell-language-server",
    extensions: [".hs", ".lhs"],
    root: near("stack.yaml", "cabal.project", "hie.yaml", "*.cabal"),
    commands: [program("haskell-language-server-wrapper --lsp")],
    hint: "ghcup install hls",
  },
  {
    id: "julials",
    extensions: [".jl"],
    root: near("Project.toml", "Manifest.toml"),
    commands: [
      {
        program: "julia",
        args: [
          ...["--startup-file=no", "--history-file=no"],
          ...["-e", "using LanguageServer; runserver()"],
        ],
      },
    ],
    hint: "julia -e 'using Pkg; Pkg.add(\"LanguageServer\")'",
  },
];
