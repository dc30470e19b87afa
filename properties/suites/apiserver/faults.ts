import fc from "fast-check";
import type { Fault } from "../../../runtime/faults/fault.ts";
import type { Places } from "../../../runtime/faults/places.ts";
import type { Address } from "../../../runtime/mod.ts";
import { apiServerAddress, storeAddress } from "../../../scenarios/cluster/topology.ts";
import { faultIn } from "../../arbitraries/places.ts";
import type { ApiServerRun } from "./run.ts";
import { beginMs } from "./stage.ts";

const faultsMax = 4;
/** What disks are promised is the store suite's. */
const weights = { damagedDisk: 0, lostDisk: 0, lostFsync: 0, tornWrite: 0 } as const;

/** Between whom a run is, and when. */
export type FaultyRun = Pick<ApiServerRun, "servers" | "stores" | "clients" | "healAtMs"> & {
  /** Whether it is about what many are shown at once: then one server is far from its store. */
  readonly looks?: boolean;
};

/** Where faults can strike: servers and their store, and what clients hear. */
export function apiPlaces({ servers, stores, clients }: Omit<FaultyRun, "healAtMs">): Places {
  const fronts = Array.from({ length: servers }, (_each, index) => apiServerAddress(index));
  const backs = Array.from({ length: stores }, (_each, index) => storeAddress(index));
  const askers = Array.from({ length: clients }, (_each, index) => `client${index + 1}`);
  return {
    ...{ actors: [...fronts, ...backs], disks: backs, clocks: [...fronts, ...backs] },
    links: { from: fronts, to: [...backs, ...askers] },
    streams: [
      { from: backs, to: fronts, types: ["store.events"] },
      { from: fronts, to: askers, types: ["api.watch"] },
    ],
  };
}

/** What may go wrong between clients and servers, and between these and their store. */
export function apiServerFaults({ healAtMs, looks = false, ...size }: FaultyRun): fc.Arbitrary<readonly Fault[]> {
  const places = apiPlaces(size);
  const [fronts, backs] = [places.links.from, places.disks];
  const spanMs = healAtMs - beginMs;
  const when = {
    trigger: fc.nat(Math.floor((spanMs * 3) / 4)).map((ms) => ({ atMs: beginMs + ms })),
    forMs: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: spanMs })),
  };
  const usual = fc.array(faultIn(places, when, weights), { maxLength: faultsMax });
  const scene = scenes({ fronts, backs, spanMs });
  if (looks) return far({ fronts, backs, spanMs });
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: usual },
    { weight: 4, arbitrary: fc.tuple(scene, fc.oneof(usual, fc.constant([]))).map((all) => all.flat()) },
  );
}

interface ScenePlace {
  readonly fronts: readonly Address[];
  readonly backs: readonly Address[];
  readonly spanMs: number;
}

/** One server is behind, deaf, or cut off for long, is not heard, or hears no answers, while clients go from it to the other. */
function scenes({ fronts, backs, spanMs }: ScenePlace): fc.Arbitrary<readonly Fault[]> {
  const one = fc.constantFrom(...fronts);
  const whole = { trigger: { atMs: beginMs }, forMs: spanMs };
  const link = (server: Address) => ({ from: [...backs], to: [server], oneWay: true });
  const events = { types: ["store.events"] };
  const behind = fc
    .tuple(one, fc.constantFrom(5, 20, 60, 200, 800))
    .map(
      ([server, delayMs]): Fault => ({ kind: "lag", parameters: { ...link(server), ...events, delayMs }, ...whole }),
    );
  const deaf = fc.tuple(one, fc.constantFrom(0.1, 0.4)).map(([server, probability]): Fault => {
    return { kind: "brokenStream", parameters: { ...link(server), ...events, probability }, ...whole };
  });
  const cutOff = fc
    .tuple(one, fc.nat(spanMs >> 2), fc.integer({ min: spanMs >> 2, max: (spanMs * 5) >> 3 }))
    .map(([server, ms, forMs]): Fault => {
      const parameters = { from: [server], to: [...backs], oneWay: false };
      return { kind: "partition", parameters, trigger: { atMs: beginMs + ms }, forMs };
    });
  const unanswered = fc
    .tuple(one, fc.nat(spanMs >> 1), fc.constantFrom(0.1, 0.3, 1), fc.constantFrom(10, 60, 300))
    .map(([server, ms, probability, forMs]): Fault => {
      const parameters = { ...link(server), probability };
      return { kind: "lostAnswer", parameters, trigger: { atMs: beginMs + ms }, forMs };
    });
  const unheard = fc
    .tuple(one, fc.nat(spanMs >> 1), fc.constantFrom(0.3, 1), fc.constantFrom(10, 60, 300))
    .map(([server, ms, probability, forMs]): Fault => {
      const parameters = { from: [server], to: [...backs], oneWay: true, probability };
      return { kind: "loss", parameters, trigger: { atMs: beginMs + ms }, forMs };
    });
  const others = fc.oneof(behind, behind, deaf, cutOff, unanswered, unheard).map((fault) => [fault]);
  return fc.oneof({ weight: 1, arbitrary: far({ fronts, backs, spanMs }) }, { weight: 6, arbitrary: others });
}

/** What one server asks of its store, and is told by it, takes a while. */
function far({ fronts, backs, spanMs }: ScenePlace): fc.Arbitrary<readonly Fault[]> {
  return fc.tuple(fc.constantFrom(...fronts), fc.constantFrom(5, 20, 60)).map(([server, delayMsMax]) => {
    const parameters = { from: [server], to: [...backs], oneWay: false, delayMsMax };
    return [{ kind: "delay", parameters, trigger: { atMs: beginMs }, forMs: spanMs }];
  });
}
