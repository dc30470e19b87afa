import { claimNamesOf } from "../../api/pod_claims.ts";
import type { ClusterEvent } from "../cluster_event.ts";
import type { PluginArguments } from "../configuration/arguments.ts";
import { type Plugin, plugin, skip } from "../framework.ts";
import type { PodInfo } from "../pod_info.ts";
import { claimWrites, readinessOf } from "../volumes/claim_writes.ts";
import { placeClaims } from "../volumes/place_claims.ts";
import { claimsOf, hasClaims, type PodClaims, volumesNear } from "../volumes/pod_claims.ts";
import type { VolumeView } from "../volumes/volume_index.ts";

interface State {
  readonly claims: PodClaims;
  readonly volumes: VolumeView;
}

/**
 * Gives a pod a node that can have all of its claims. What is bound must be within reach; for what waits for its first
 * consumer a volume is chosen, or one is made, and the pod is bound when its claims are.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
 */
export const volumeBinding: Plugin = plugin<State>({
  name: "VolumeBinding",
  order: 75,
  configured: ({ bindTimeoutSeconds = 600 }: PluginArguments["VolumeBinding"]) => ({
    ...volumeBinding,
    readinessMsMax: bindTimeoutSeconds * 1000,
  }),
  events: [{ on: "claim.change", helps: isItsClaim }, ...volumesNear],
  preFilter(pod, { related: { volumes } }) {
    if (!hasClaims(pod)) return skip;
    const claims = claimsOf(pod, volumes);
    return "reasons" in claims ? { rejection: claims } : { state: { claims, volumes } };
  },
  filter(_pod, node, { claims, volumes }) {
    const placement = placeClaims(claims, node, volumes);
    return "reasons" in placement ? placement : undefined;
  },
  reserve(pod, node, { related: { volumes }, view }) {
    if (!hasClaims(pod)) return undefined;
    const claims = claimsOf(pod, volumes);
    if ("reasons" in claims) return claims;
    if (claims.delayed.length === 0) return undefined;
    const info = view.node(node);
    const placement = info && placeClaims(claims, info, volumes);
    if (!placement || "reasons" in placement) return placement;
    volumes.assume(pod.uid, { node, ...placement, seen: new Set() });
    return undefined;
  },
  unreserve: (pod, _node, { related: { volumes } }) => volumes.forget(pod.uid),
  preBind(pod, _node, { related: { volumes } }) {
    const assumption = volumes.assumption(pod.uid);
    return assumption ? claimWrites(assumption) : [];
  },
  readiness(pod, node, { related: { volumes }, view }) {
    const assumption = volumes.assumption(pod.uid);
    return assumption ? readinessOf(assumption, view.node(node), volumes) : "ready";
  },
  postBind: (pod, _node, { related: { volumes } }) => volumes.forget(pod.uid),
});

function isItsClaim({ pod, namespace }: PodInfo, { claim }: ClusterEvent): boolean {
  return claim?.metadata.namespace === namespace && claimNamesOf(pod).includes(claim.metadata.name);
}
