// Opens the diff viewer over the screen that is in front, to which it leads back.
import type { DiffSource } from "./store/state";
import type { Ui } from "./ui";

export function openDiff({ store }: Ui, source: DiffSource): void {
  const { route } = store.state;
  if (route.screen === "diff") return;
  const back = "back" in route ? route.back : route;
  store.dispatch({ type: "route.changed", route: { screen: "diff", source, back } });
}
