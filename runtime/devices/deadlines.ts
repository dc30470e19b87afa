import type { DeviceContext } from "./device.ts";

/** Things that must be over a while after they began. */
export interface Deadlines<Thing> {
  begin(thing: Thing): void;
  /** It is over. */
  end(thing: Thing): void;
}

const lookEveryMs = 1_000;

/** Makes deadlines that are all equally far; `late` is told, within a second, of each thing that is not over by then. */
export function createDeadlines<Thing>(
  { after, uptimeMs }: Pick<DeviceContext, "after" | "uptimeMs">,
  { withinMs, late }: { readonly withinMs: number; late(thing: Thing): void },
): Deadlines<Thing> {
  /** In the order in which they end. */
  const untilMs = new Map<Thing, number>();
  let isLooking = false;

  function look() {
    isLooking = untilMs.size > 0;
    if (!isLooking) return;
    after(lookEveryMs, () => {
      for (const [thing, endsAtMs] of untilMs) {
        if (uptimeMs() < endsAtMs) break;
        untilMs.delete(thing);
        late(thing);
      }
      look();
    });
  }

  return {
    begin(thing) {
      untilMs.delete(thing);
      untilMs.set(thing, uptimeMs() + withinMs);
      if (!isLooking) look();
    },
    end: (thing) => void untilMs.delete(thing),
  };
}
