// What stands for a dialog or a drawing until it is shown: the components that plugins are given
// make these, called as functions or by JSX. Of JSX only they are understood, and text: there is no
// Solid here that would draw the rest.
const ELEMENT = Symbol("element");

export type ElementKind =
  "Dialog" | "DialogAlert" | "DialogConfirm" | "DialogPrompt" | "DialogSelect" | "other";

export type Props = Readonly<Record<string, unknown>>;

export interface PluginElement {
  readonly [ELEMENT]: true;
  readonly kind: ElementKind;
  readonly props: Props;
}

export function createElement(kind: ElementKind, props: unknown): PluginElement {
  const given = typeof props === "object" && props !== null ? (props as Props) : {};
  return { [ELEMENT]: true, kind, props: given };
}

export function isElement(value: unknown): value is PluginElement {
  return typeof value === "object" && value !== null && ELEMENT in value;
}

/** What JSX means: a component is called, a tag is something that is not drawn. */
export function jsx(type: unknown, props: unknown): unknown {
  return typeof type === "function" ? type(props ?? {}) : createElement("other", props);
}

/** The words of an element, of a function that gives one, or of a list. */
export function textOf(value: unknown, depth = 0): string {
  if (depth > 20) return "";
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (typeof value === "function") return textOf(value(), depth + 1);
  if (Array.isArray(value)) return value.map((one) => textOf(one, depth + 1)).join("");
  return isElement(value) ? textOf(value.props["children"], depth + 1) : "";
}
