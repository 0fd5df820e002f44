// What plugins draw: in places of the screen, and on screens of their own. Something that the
// renderer draws is shown; what is said by JSX is not, which is told of the plugin.
import { Renderable } from "@opentui/core";
import { isElement } from "./elements";
import { listOf, recordOf } from "./plugin-commands";
import type { PluginLife } from "./plugin-life";
import { SLOT_NAMES, type SlotName } from "./plugin-types";

type Draw = (props: Readonly<Record<string, unknown>>) => unknown;

interface Slot {
  life: PluginLife;
  order: number;
  draw: Draw;
}

/** A box of a screen that is open. */
interface Place {
  name: SlotName;
  props: Readonly<Record<string, unknown>>;
  box: Renderable;
  drawn: Map<Slot, readonly Renderable[]>;
}

export class Drawings {
  readonly #slots = new Map<SlotName, Slot[]>();
  readonly #places = new Set<Place>();
  readonly #routes = new Map<string, { life: PluginLife; draw: Draw }>();

  /** Fills a box of the screen, now and whenever a plugin comes or goes. */
  fill(name: SlotName, props: Place["props"], box: Renderable): () => void {
    const place: Place = { name, props, box, drawn: new Map() };
    this.#places.add(place);
    for (const slot of this.#slots.get(name) ?? []) draw(place, slot);
    return () => void this.#places.delete(place);
  }

  /** `api.slots`. `context` is given to what draws. */
  slotsAPI(life: PluginLife, context: object) {
    return {
      register: (given: unknown) => {
        const { slots, order } = recordOf(given);
        for (const [name, run] of Object.entries(recordOf(slots))) {
          this.#addSlot(name, run, { life, order: typeof order === "number" ? order : 0, context });
        }
        return life.id;
      },
    };
  }

  /** `api.route.register`. */
  addRoutes(life: PluginLife, routes: unknown): () => void {
    const names = listOf(routes).flatMap((route) => {
      const { name, render } = recordOf(route);
      if (typeof name !== "string" || typeof render !== "function") return [];
      this.#routes.set(name, { life, draw: (params) => render.call(route, { params }) });
      return [name];
    });
    return life.keep(() => {
      for (const name of names) {
        if (this.#routes.get(name)?.life === life) this.#routes.delete(name);
      }
    });
  }

  render(name: string, params: Place["props"]): Renderable | undefined {
    const route = this.#routes.get(name);
    if (route === undefined) return undefined;
    const { life, draw } = route;
    const given = life.call(`its screen ${name}`, () => draw(params));
    if (given instanceof Renderable) return given;
    life.tell(`its screen ${name} is not shown: it is drawn with JSX (Solid)`);
    return undefined;
  }

  #addSlot(
    name: string,
    run: unknown,
    { life, order, context }: { life: PluginLife; order: number; context: object },
  ): void {
    if (typeof run !== "function") return;
    const known = SLOT_NAMES.find((one) => one === name);
    if (known === undefined) return life.tell(`${name} is not shown: no plugin draws there`);
    const slot: Slot = { life, order, draw: (props) => run(context, props) };
    const all = [...(this.#slots.get(known) ?? []), slot].sort((a, b) => a.order - b.order);
    this.#slots.set(known, all);
    for (const place of this.#places) if (place.name === known) draw(place, slot);
    life.onEnd(() => {
      this.#slots.set(
        known,
        (this.#slots.get(known) ?? []).filter((one) => one !== slot),
      );
      for (const place of this.#places) erase(place, slot);
    });
  }
}

function draw(place: Place, slot: Slot): void {
  if (place.box.isDestroyed) return;
  const { life } = slot;
  const given = life.call(`drawing ${place.name}`, () => slot.draw(place.props));
  const all = Array.isArray(given) ? given : [given];
  const shown = all.filter((one) => one instanceof Renderable);
  if (all.some(isElement)) life.tell(`${place.name} is not shown: it is drawn with JSX (Solid)`);
  for (const one of shown) place.box.add(one);
  place.drawn.set(slot, shown);
}

function erase(place: Place, slot: Slot): void {
  for (const one of place.drawn.get(slot) ?? []) {
    if (!one.isDestroyed) one.destroyRecursively();
  }
  place.drawn.delete(slot);
}
