// The programs that run another program, and how each reads its options. An option that is missing
// here costs a question too many, a program that is missing lets a command pass unseen.

export interface Wrapper {
  /** One-letter options as for getopt: `n:` takes a value, `n;` one only when attached. */
  letters?: string;
  /** Long options; `name=` takes a value in the next word when not attached. */
  long?: string;
  /** Words before the command: the duration of `timeout`, the file of `flock`. */
  positionals?: number;
  /** `NAME=value` words may stand before the command. */
  assignments?: boolean;
  /** Options that make it do something else than run a command. */
  idle?: string;
  /** Options whose value is a script for a shell. */
  script?: string;
  /** The words after that script are appended to it. */
  scriptTakesRest?: boolean;
  /** Options whose value stands for words that are not known. */
  placeholder?: string;
  /** Options whose value is the directory to run in. */
  directory?: string;
  /** Without a command it reads commands from its input. */
  readsInput?: boolean;
  /** All words together are a script for a shell. */
  joined?: boolean;
  /** Words from elsewhere are appended to the command. */
  appends?: boolean;
  transparent?: boolean;
}

const TRANSPARENT = { transparent: true } as const;

export const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  env: {
    ...TRANSPARENT,
    letters: "iv0u:C:S:P:",
    long: "ignore-environment null debug unset= chdir= split-string= block-signal default-signal",
    assignments: true,
    script: "-S --split-string",
    scriptTakesRest: true,
    directory: "-C --chdir",
  },
  sudo: {
    letters: "ABbEeHiKklnPSsVvC:D:g:h:p:R:r:T:t:U:u:",
    long:
      "askpass background bell preserve-env edit set-home login reset-timestamp help list " +
      "remove-timestamp non-interactive preserve-groups stdin shell validate version close-from= " +
      "chdir= group= host= prompt= chroot= role= command-timeout= type= other-user= user=",
    assignments: true,
    directory: "-D --chdir",
    readsInput: true,
  },
  doas: { letters: "LnsC:u:", assignments: true, readsInput: true },
  su: {
    letters: "lmpfPc:s:g:G:w:T:",
    long: "login command= shell= group=",
    script: "-c --command",
    positionals: 1,
    readsInput: true,
  },
  runuser: {
    letters: "lmpfPc:s:g:G:w:u:",
    long: "login command= shell= group= user=",
    script: "-c --command",
    readsInput: true,
  },
  pkexec: { long: "user= disable-internal-agent keep-cwd" },
  nice: { ...TRANSPARENT, letters: "0123456789n:", long: "adjustment=" },
  ionice: { ...TRANSPARENT, letters: "tc:n:p:P:u:", long: "ignore class= classdata=" },
  nohup: TRANSPARENT,
  time: {
    ...TRANSPARENT,
    letters: "apvlhVqo:f:",
    long: "append verbose portability quiet output= format=",
  },
  timeout: {
    ...TRANSPARENT,
    letters: "fpvk:s:",
    long: "foreground preserve-status verbose kill-after= signal=",
    positionals: 1,
  },
  stdbuf: { ...TRANSPARENT, letters: "i:o:e:", long: "input= output= error=" },
  command: { ...TRANSPARENT, letters: "pvV", idle: "-v -V" },
  builtin: TRANSPARENT,
  exec: { ...TRANSPARENT, letters: "cla:" },
  coproc: TRANSPARENT,
  noglob: TRANSPARENT,
  nocorrect: TRANSPARENT,
  "-": TRANSPARENT,
  setsid: { ...TRANSPARENT, letters: "cfw", long: "ctty fork wait" },
  caffeinate: { ...TRANSPARENT, letters: "dimsut:w:" },
  unbuffer: { ...TRANSPARENT, letters: "p" },
  taskset: { letters: "apc", long: "all-tasks pid cpu-list", positionals: 1 },
  chrt: { letters: "abfiormpRT:P:D:", positionals: 1 },
  chroot: { long: "userspec= groups= skip-chdir", positionals: 1, readsInput: true },
  busybox: TRANSPARENT,
  toybox: TRANSPARENT,
  xargs: {
    letters: "0prtxoa:d:E:e;I:i;J:L:l;n:P:R:s:S:",
    long:
      "null arg-file= delimiter= eof replace max-lines max-args= max-procs= max-chars= verbose " +
      "interactive no-run-if-empty exit open-tty process-slot-var= show-limits",
    placeholder: "-I -i -J --replace",
    appends: true,
  },
  parallel: {
    letters: "0kmqrtuXj:a:I:n:N:L:S:",
    long: "jobs= keep-order null dry-run colsep= delay= halt= joblog= retries= timeout=",
    placeholder: "-I",
    appends: true,
    joined: true,
    readsInput: true,
  },
  watch: {
    letters: "bcCegprtwxd;n:q:",
    long: [
      "beep color no-color differences errexit chgexit",
      "interval= precise no-title exec equexit=",
    ].join(" "),
    joined: true,
  },
  flock: {
    letters: "sxenuoFvw:E:c:",
    long:
      "shared exclusive unlock nonblock wait= timeout= conflict-exit-code= command= no-fork " +
      "close verbose",
    positionals: 1,
    script: "-c --command",
  },
  script: {
    letters: "aefqc:E:I:O:B:T:m:o:t;",
    long: "command= append quiet return flush",
    positionals: 1,
    script: "-c --command",
  },
  strace: { letters: "cCdfFhikqrtTvVwxyYze:o:p:s:u:E:a:b:I:O:P:S:U:X:" },
  ltrace: { letters: "cCfhiLrStTVa:e:l:n:o:p:s:u:A:D:F:w:x:" },
  unshare: { letters: "imnpuUCTfrR:w:S:G:l:", readsInput: true },
  nsenter: { letters: "aeFm;u;i;n;p;C;U;T;S:G:t:r;w;", readsInput: true },
  "systemd-run": {
    letters: "dGPqStp:u:E:H:M:",
    long: "user scope wait pipe pty unit= property= slice= setenv=",
  },
  prlimit: {},
  numactl: {
    letters: "aHhlsN:C:m:i:p:",
    long: "cpunodebind= membind= interleave= physcpubind= preferred=",
  },
  fakeroot: { letters: "hub:l:s:i:", long: "lib= faked=" },
  "xvfb-run": { letters: "ade:f:n:l:s:p:w:" },
  "dbus-run-session": { long: "config-file= dbus-daemon=" },
  setarch: { letters: "vhRFZLXBITS3", positionals: 1 },
  linux32: {},
  linux64: {},
  firejail: {},
  proxychains: { letters: "qf:" },
  proxychains4: { letters: "qf:" },
  torsocks: {},
  "cross-env": { assignments: true },
};

/** Programs that run scripts with `-c`. */
export const SHELLS = /^(ash|bash|csh|dash|fish|ksh|ksh93|mksh|rbash|sh|tcsh|yash|zsh)$/;

/** Same program under another name. */
export const SAME: Readonly<Record<string, string>> = {
  gtimeout: "timeout",
  gnice: "nice",
  gstdbuf: "stdbuf",
  genv: "env",
  gxargs: "xargs",
  gfind: "find",
  gtime: "time",
  gnohup: "nohup",
  fdfind: "fd",
  sudoedit: "sudo",
};

/** Commands whose last words are run: how many of the first words name it. */
export const RUNNERS: readonly (readonly string[])[] = [
  ["uv", "run"],
  ["uv", "tool", "run"],
  ["uvx"],
  ["poetry", "run"],
  ["pipenv", "run"],
  ["pdm", "run"],
  ["rye", "run"],
  ["pixi", "run"],
  ["hatch", "run"],
  ["conda", "run"],
  ["bundle", "exec"],
  ["npm", "exec"],
  ["npm", "x"],
  ["npx"],
  ["pnpm", "exec"],
  ["pnpm", "dlx"],
  ["yarn", "exec"],
  ["yarn", "dlx"],
  ["yarn", "run"],
  ["bunx"],
  ["bun", "x"],
  ["mise", "exec"],
  ["mise", "x"],
  ["asdf", "exec"],
  ["direnv", "exec"],
  ["nix", "run"],
  ["nix", "shell"],
  ["dotenv"],
  ["dotenvx", "run"],
  ["doppler", "run"],
  ["op", "run"],
  ["git", "bisect", "run"],
  ["git", "submodule", "foreach"],
  ["entr"],
  ["script"],
  ["ssh"],
  ["docker", "exec"],
  ["docker", "run"],
  ["docker", "compose", "exec"],
  ["docker", "compose", "run"],
  ["podman", "exec"],
  ["podman", "run"],
  ["kubectl", "exec"],
  ["hyperfine"],
  ["valgrind"],
  ["gdb"],
  ["perf"],
  ["rtk"],
];
