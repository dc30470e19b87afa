import { isPodReady } from "../../api/pod.ts";
import type { Endpoint, Frozen, Pod, Service } from "../../api/types.ts";
import type { IpFamily } from "../../kit/ip_number.ts";
import { present } from "../../kit/present.ts";
import { addressesOf, hostnameFor } from "./selection.ts";

/** Where a pod is, as far as its endpoint tells. */
export interface Place {
  readonly zone?: string;
  /** Which of its addresses are told. */
  readonly family: IpFamily;
}

/** A pod as an endpoint of a Service. A pod that is terminating is never ready, but may serve. */
export function endpointOf(object: Frozen<Pod>, owner: Frozen<Service>, { zone, family }: Place): Endpoint {
  const { name, namespace, uid, deletionTimestamp } = object.metadata;
  const { nodeName } = object.spec;
  const serving = isPodReady(object);
  const terminating = deletionTimestamp !== undefined;
  const ready = owner.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const hostname = hostnameFor(object, owner);
  const hints = ready ? hintsFor(owner, { zone, nodeName }) : undefined;
  return {
    addresses: [...addressesOf(object, family)],
    conditions: { ready, serving, terminating },
    ...present({ hostname }),
    targetRef: {
      kind: "Pod",
      name,
      ...present({ namespace, uid }),
    },
    ...(nodeName ? { nodeName } : {}),
    ...present({ zone }),
    ...(hints && { hints }),
  };
}

interface Hints {
  forZones?: { name: string }[];
  /** Newer than the package that gives the other fields. */
  forNodes?: { name: string }[];
}

/** Who should use an endpoint, for a Service that prefers what is near. */
function hintsFor(
  { spec }: Frozen<Service>,
  { zone, nodeName }: { readonly zone: string | undefined; readonly nodeName: string | undefined },
): Hints | undefined {
  // A field that the types' package does not have yet.
  const wanted = (spec as { readonly trafficDistribution?: string }).trafficDistribution;
  const isNode = wanted === "PreferSameNode";
  if (!isNode && wanted !== "PreferClose" && wanted !== "PreferSameZone") return undefined;
  const hints: Hints = {
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
    ...(isNode && nodeName ? { forNodes: [{ name: nodeName }] } : {}),
  };
  return hints.forZones || hints.forNodes ? hints : undefined;
}
