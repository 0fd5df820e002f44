// How many leading words of a command say what it does: `git status`, `npm run build`, `docker
// compose up`. From them comes the pattern that "always" stands for in a permission ask. A wrong
// entry makes that pattern too wide or too narrow, never the ask itself.

/** Words that name the action, by their longest known beginning. Unknown programs: one word. */
const ARITY: Readonly<Record<string, number>> = {
  ansible: 1,
  apt: 2,
  "apt-get": 2,
  asdf: 2,
  aws: 3,
  az: 3,
  bazel: 2,
  brew: 2,
  bun: 2,
  "bun create": 3,
  "bun pm": 3,
  "bun run": 3,
  "bun x": 3,
  bunx: 2,
  bundle: 2,
  "bundle exec": 3,
  cargo: 2,
  "cargo add": 3,
  "cargo run": 3,
  cdk: 2,
  composer: 2,
  "composer run": 3,
  conda: 2,
  consul: 2,
  corepack: 2,
  dagger: 2,
  docker: 2,
  "docker builder": 3,
  "docker buildx": 3,
  "docker compose": 3,
  "docker container": 3,
  "docker image": 3,
  "docker network": 3,
  "docker system": 3,
  "docker volume": 3,
  "docker-compose": 2,
  dotnet: 2,
  "dotnet tool": 3,
  eksctl: 3,
  firebase: 2,
  flutter: 2,
  fly: 2,
  flyctl: 2,
  gcloud: 3,
  gem: 2,
  gh: 3,
  git: 2,
  "git bisect": 3,
  "git bundle": 3,
  "git config": 3,
  "git lfs": 3,
  "git notes": 3,
  "git reflog": 3,
  "git remote": 3,
  "git stash": 3,
  "git submodule": 3,
  "git worktree": 3,
  glab: 3,
  go: 2,
  "go mod": 3,
  "go tool": 3,
  "go work": 3,
  gradle: 2,
  "./gradlew": 2,
  helm: 2,
  "helm repo": 3,
  heroku: 2,
  hg: 2,
  ip: 2,
  jj: 2,
  "jj git": 3,
  just: 2,
  kind: 3,
  kubectl: 2,
  "kubectl config": 3,
  "kubectl rollout": 3,
  make: 2,
  meson: 2,
  mise: 2,
  "mise exec": 3,
  "mise run": 3,
  minikube: 2,
  mix: 2,
  mvn: 2,
  "./mvnw": 2,
  nix: 2,
  npm: 2,
  "npm exec": 3,
  "npm init": 3,
  "npm pkg": 3,
  "npm run": 3,
  "npm run-script": 3,
  npx: 2,
  nx: 2,
  openssl: 2,
  pip: 2,
  pip3: 2,
  pipenv: 2,
  "pipenv run": 3,
  pipx: 2,
  "pipx run": 3,
  pixi: 2,
  "pixi run": 3,
  pnpm: 2,
  "pnpm dlx": 3,
  "pnpm exec": 3,
  "pnpm run": 3,
  podman: 2,
  "podman compose": 3,
  "podman container": 3,
  "podman image": 3,
  poetry: 2,
  "poetry run": 3,
  "poetry self": 3,
  pulumi: 2,
  "pulumi stack": 3,
  rails: 2,
  rake: 2,
  redis: 1,
  rustup: 2,
  "rustup component": 3,
  "rustup target": 3,
  "rustup toolchain": 3,
  rye: 2,
  "rye run": 3,
  sbt: 2,
  service: 3,
  sfdx: 2,
  skaffold: 2,
  snap: 2,
  svn: 2,
  swift: 2,
  "swift package": 3,
  systemctl: 2,
  terraform: 2,
  "terraform state": 3,
  "terraform workspace": 3,
  tofu: 2,
  tmux: 2,
  turbo: 2,
  "turbo run": 3,
  uv: 2,
  "uv pip": 3,
  "uv run": 3,
  "uv tool": 3,
  uvx: 2,
  vagrant: 2,
  vault: 2,
  vercel: 2,
  volta: 2,
  wrangler: 2,
  xcodebuild: 1,
  yarn: 2,
  "yarn dlx": 3,
  "yarn exec": 3,
  "yarn run": 3,
  "yarn workspace": 4,
  "yarn workspaces": 3,
  zig: 2,
  "zig build": 2,
};

/** Programs that run what their arguments say: only the very same line may be allowed for good. */
const RUNS_ARGUMENTS = new RegExp(
  "^(\\.|ash|awk|bash|chroot|csh|dash|deno|doas|env|eval|exec|find|fish|flock|gawk|irb|ksh|lua|" +
    "mawk|nawk|node|nsenter|osascript|parallel|perl|php|pkexec|powershell|pwsh|python[\\d.]*|" +
    "Rscript|ruby|runuser|script|sh|source|ssh|strace|su|sudo|systemd-run|tclsh|trap|unshare|" +
    "xargs|zsh)$",
);

/** Whether the program has sub-commands that follow its global options. */
export function hasSubcommands(name: string): boolean {
  return (ARITY[name] ?? 1) > 1;
}

/**
 * The permission pattern that "always" stands for: the words that name the action and ` *`, as in
 * `git status *` or `npm run test *`. It is the exact line when the action cannot be told from the
 * leading words (an option or an unknown word stands among them) or when the program runs what
 * its arguments say (`sh`, `sudo`, `python`, `find`, ...). An undefined word is one that is known
 * only at run time; `exact` is the whole line.
 */
export function alwaysPattern(words: readonly (string | undefined)[], exact: string): string {
  const name = words[0];
  if (name === undefined) return exact;
  if (RUNS_ARGUMENTS.test(name.slice(name.lastIndexOf("/") + 1))) return exact;
  const prefix = words.slice(0, arity(words));
  if (prefix.length === 1 && words.length > 1 && hasSubcommands(name)) return exact;
  if (prefix.some((word, index) => !word || (index > 0 && word.startsWith("-")))) return exact;
  return `${prefix.join(" ")} *`;
}

function arity(words: readonly (string | undefined)[]): number {
  for (const length of [3, 2, 1]) {
    const known = ARITY[words.slice(0, length).join(" ")];
    if (known !== undefined && words.length >= length) return known;
  }
  return 1;
}
