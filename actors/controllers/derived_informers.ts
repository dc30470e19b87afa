import type { Step } from "../../runtime/mod.ts";
import type { KubeObject } from "../api/types.ts";
import type { Kind } from "../client/api_request.ts";
import type { Informer } from "../client/informer.ts";
import type { DerivedWatches, Listers, Watch } from "./loop.ts";

/** The mirrors of what a loop watches because of other objects: kinds that come and go with their definitions. */
export interface DerivedInformers {
  /** The kinds that are mirrored now. */
  readonly kinds: readonly Kind[];
  find(kind: Pick<Kind, "group" | "plural">): Informer<KubeObject> | undefined;
  /** Brings the mirrors in line with the objects that they are derived from. */
  follow(listers: Listers, step: Step): void;
  /** For how long one of them may still be waited for; undefined when none is. */
  fillsForMs(uptimeMs: number): number | undefined;
  start(step: Step): void;
  stop(step: Step): void;
  /** Nothing waits for them at the start: no server may serve such a kind yet. */
  synced(): boolean;
}

/** What a derived mirror is made of. */
export interface DerivedInformersOptions {
  readonly derived: DerivedWatches | undefined;
  /** Makes the mirror of a watch; it is started by who calls. */
  create(watch: Watch<KubeObject>): Informer<KubeObject>;
}

interface Derived {
  readonly informer: Informer<KubeObject>;
  /** Until when plans wait for its first list. */
  waitUntilMs: number;
}

/** As long as Kubernetes' collector waits for its monitors: a kind that is never served must not stop everything. */
const fillMsMax = 30_000;

/** Makes the set of derived mirrors, still empty. */
export function createDerivedInformers({ derived, create }: DerivedInformersOptions): DerivedInformers {
  const mirrors = new Map<string, Derived>();
  const all = (): Derived[] => [...mirrors.values()];

  function follow(listers: Listers, step: Step): void {
    const wanted = new Map((derived?.watchesOf(listers) ?? []).map((each) => [idOf(each.kind), each]));
    for (const [id, { informer }] of [...mirrors]) {
      if (wanted.has(id)) continue;
      informer.stop(step);
      mirrors.delete(id);
    }
    for (const [id, watch] of wanted) {
      if (mirrors.has(id)) continue;
      const informer = create(watch);
      mirrors.set(id, { informer, waitUntilMs: step.uptimeMs + fillMsMax });
      informer.start(step);
    }
  }

  return {
    get kinds() {
      return all().map(({ informer }) => informer.kind);
    },
    find: ({ group, plural }) =>
      all().find(({ informer: { kind } }) => kind.group === group && kind.plural === plural)?.informer,
    follow,
    fillsForMs(uptimeMs) {
      const left = all().flatMap(({ informer, waitUntilMs }) => (informer.synced() ? [] : [waitUntilMs - uptimeMs]));
      const longest = Math.max(0, ...left);
      return longest > 0 ? longest : undefined;
    },
    start(step) {
      for (const each of all()) {
        each.waitUntilMs = step.uptimeMs + fillMsMax;
        each.informer.start(step);
      }
    },
    stop(step) {
      for (const { informer } of all()) informer.stop(step);
    },
    synced: () => true,
  };
}

function idOf({ group, version, plural }: Kind): string {
  return `${group}/${version}/${plural}`;
}
