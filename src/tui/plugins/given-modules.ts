// What plugins of the terminal UI import by name and the program has itself: the renderer, and
// small stand-ins for the packages that they draw with elsewhere. With these a file that imports
// them loads; what it draws with JSX is not shown.
import { createElement, jsx } from "./elements";
import { createBindingLookup, formatBindings, formatParts, SOUND_NAMES } from "./key-parts";

type Exports = Record<string, unknown>;

/** By the names they are imported by; each is loaded when a plugin is. */
export function givenModules(): Record<string, () => Promise<Exports>> {
  return {
    "@opentui/core": async () => ({ ...(await import("@opentui/core")) }),
    "@opencode-ai/plugin/tui": async () => tuiExports(),
    "@opentui/solid": async () => ({ ...solidStandIn(), ...rendererStandIn() }),
    "@opentui/solid/jsx-runtime": async () => jsxExports(),
    "@opentui/solid/jsx-dev-runtime": async () => jsxExports(),
  };
}

/** Those that are given only to a file that has no package of that name beside it. */
export function fallbackModules(): Record<string, () => Promise<Exports>> {
  return { "solid-js": async () => solidStandIn() };
}

function tuiExports(): Exports {
  return {
    createBindingLookup,
    formatCommandBindings: formatBindings,
    formatKeySequence: formatParts,
    stringifyKeySequence: formatParts,
    stringifyKeyStroke: (part: unknown) => formatParts([part]),
    TuiAttentionSoundNames: SOUND_NAMES,
  };
}

function jsxExports(): Exports {
  return { jsx, jsxs: jsx, jsxDEV: jsx, Fragment: ({ children }: Exports) => children };
}

/** Compiled JSX makes its tags with these. */
function rendererStandIn(): Exports {
  const nothing = () => undefined;
  const tag = () => createElement("other", {});
  const setters = ["insert", "insertNode", "setProp", "spread", "effect", "use", "render"];
  return {
    ...Object.fromEntries(setters.map((name) => [name, nothing])),
    createElement: tag,
    createTextNode: (text: unknown) => createElement("other", { children: text }),
    createComponent: jsx,
    memo: (read: unknown) => read,
    useRenderer: nothing,
    useKeyboard: nothing,
    useTerminalDimensions: () => () => ({ width: 80, height: 24 }),
  };
}

/** Values and functions as they are used outside of a drawing; nothing follows them. */
function solidStandIn(): Exports {
  const once = (run: unknown) => (typeof run === "function" ? void run() : undefined);
  const tag = () => createElement("other", {});
  const tags = ["Show", "For", "Index", "Switch", "Match", "Suspense", "ErrorBoundary"];
  return {
    ...Object.fromEntries(tags.map((name) => [name, tag])),
    createSignal,
    createMemo: (read: unknown) => read,
    createEffect: once,
    createRenderEffect: once,
    createResource: () => [() => undefined, { refetch: once, mutate: once }],
    createRoot: (run: (dispose: () => void) => unknown) => run(() => undefined),
    createComponent: jsx,
    batch: (run: () => unknown) => run(),
    untrack: (read: () => unknown) => read(),
    on: (_: unknown, run: unknown) => run,
    onCleanup: () => undefined,
    onMount: () => undefined,
    mergeProps: (...all: object[]) => Object.assign({}, ...all),
    splitProps: (props: object) => [props, {}],
  };
}

function createSignal(first: unknown) {
  let value = first;
  const write = (next: unknown) => {
    value = typeof next === "function" ? next(value) : next;
    return value;
  };
  return [() => value, write];
}
