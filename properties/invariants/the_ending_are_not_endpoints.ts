import type { EndpointSlice, Frozen, Pod, Service } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";
import { isTroubled } from "./_trouble.ts";

const [podsPrefix, slicesPrefix] = ["/registry/pods/", "/registry/endpointslices/"];
/** Endpoints follow their pods within this time. */
const followMs = 400;
const quietMs = 5_000;

/**
 * A pod that has been ending for a while is told as such by the endpoints of its Services, so that nobody begins
 * anything with it: judged when it goes, where nothing else is wrong. No endpoint ever says that it ends and is ready.
 */
export const theEndingAreNotEndpoints: Invariant = {
  name: "pods that end are no endpoints",
  watch(world) {
    const endingMs = new Map<string, number>();
    return {
      commit({ key, object, previous, atMs }) {
        if (object && key.startsWith(slicesPrefix)) return contradiction(world, object as Frozen<EndpointSlice>);
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

/** An endpoint that tells both that it ends and that it is ready. */
function contradiction(world: World, slice: Frozen<EndpointSlice>): string | undefined {
  const both = (slice.endpoints ?? []).find(({ conditions }) => conditions?.ready && conditions.terminating);
  if (!both || publishesAll(world, slice)) return undefined;
  return `EndpointSlice ${slice.metadata.name} tells that ${both.targetRef?.name} ends and is ready`;
}

/** Whether its Service publishes whatever there is, or is gone, or is a name elsewhere, whose slices nobody touches any more. */
function publishesAll(world: World, { metadata: { labels, namespace } }: Frozen<EndpointSlice>): boolean {
  const name = labels?.["kubernetes.io/service-name"];
  const service = world.get<Service>(`/registry/services/specs/${namespace}/${name}`);
  if (service === undefined || service.spec.type === "ExternalName") return true;
  return service.spec.publishNotReadyAddresses === true;
}

/** The slice that tells that the pod is ready; those of Services that publish all, or whose slices nobody touches, do not count. */
function readyEndpointOf(world: World, { metadata }: Frozen<Pod>): string | undefined {
  const slice = world.list<EndpointSlice>(slicesPrefix).find((each) => {
    const isTold = (each.endpoints ?? []).some(
      ({ targetRef, conditions }) => targetRef?.uid === metadata.uid && conditions?.ready,
    );
    return isTold && !publishesAll(world, each);
  });
  return slice?.metadata.name;
}
