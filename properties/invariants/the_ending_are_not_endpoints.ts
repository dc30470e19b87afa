import type { EndpointSlice, Frozen, Pod, Service } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isTroubled } from "./_trouble.ts";

const podsPrefix = "/registry/pods/";
/** Endpoints follow their pods within this time. */
const followMs = 700;
const quietMs = 5_000;

/**
 * A pod that has been ending for a while is told as such by the endpoints of its Services, so that nobody begins
 * anything with it: judged when it goes, where nothing else is wrong.
 */
export const theEndingAreNotEndpoints: Invariant = {
  name: "pods that end are no endpoints",
  watch(world) {
    const endingMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (!key.startsWith(podsPrefix) || !previous) return undefined;
        const { uid = "", deletionTimestamp } = previous.metadata;
        if (object?.metadata.deletionTimestamp !== undefined && !endingMs.has(uid)) endingMs.set(uid, atMs);
        if (object || deletionTimestamp === undefined) return undefined;
        const sinceMs = endingMs.get(uid) ?? atMs;
        const told = atMs - sinceMs >= followMs ? readyEndpointOf(world, previous as Frozen<Pod>) : undefined;
        if (!told || isTroubled(world, { fromMs: sinceMs - quietMs, toMs: atMs })) return undefined;
        return `${key} has been ending for ${atMs - sinceMs} ms, and EndpointSlice ${told} tells that it is ready`;
      },
    };
  },
};

/** The slice that tells that the pod is ready; those of Services that publish all do not count. */
function readyEndpointOf(world: World, { metadata }: Frozen<Pod>): string | undefined {
  const slice = world
    .list<EndpointSlice>("/registry/endpointslices/")
    .find(({ endpoints, metadata: { labels, namespace } }) => {
      const isTold = (endpoints ?? []).some(
        ({ targetRef, conditions }) => targetRef?.uid === metadata.uid && conditions?.ready,
      );
      const name = labels?.["kubernetes.io/service-name"];
      const service = isTold ? world.get<Service>(`/registry/services/specs/${namespace}/${name}`) : undefined;
      return service !== undefined && service.spec.publishNotReadyAddresses !== true;
    });
  return slice?.metadata.name;
}
