import { compareQuantities } from "../../api/quantity.ts";
import {
  classNameOf,
  isReachable,
  noProvisioner,
  sizeAsked,
  volumeAnnotations,
  volumeFor,
} from "../../api/volume_binding.ts";
import { type Rejection, unresolvable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodClaims } from "./pod_claims.ts";
import type { Assumption, Claim, Volume, VolumeView } from "./volume_index.ts";

/** What a pod's claims come to on a node. */
export type Placement = Pick<Assumption, "bindings" | "provisions">;

const isElsewhere = unresolvable("node(s) didn't match PersistentVolume's node affinity");
const noVolume = unresolvable("node(s) didn't find available persistent volumes to bind");
const isGone = unresolvable("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)");
const both = unresolvable(...isElsewhere.reasons, ...noVolume.reasons);
const nothing: Placement = { bindings: [], provisions: [] };

/** What has to be done so that a node has all of a pod's claims; a rejection where that cannot be. */
export function placeClaims({ bound, delayed }: PodClaims, node: NodeInfo, volumes: VolumeView): Placement | Rejection {
  const isHere = bound.every((claim) => {
    const volume = volumes.volume(claim.spec.volumeName ?? "");
    return volume === undefined || isReachable(volume, node);
  });
  if (bound.some(({ spec }) => volumes.volume(spec.volumeName ?? "") === undefined)) return isGone;
  const placement = delayed.length === 0 ? nothing : place(delayed, node, volumes);
  if (isHere) return placement ?? noVolume;
  return placement ? isElsewhere : both;
}

function place(claims: readonly Claim[], node: NodeInfo, volumes: VolumeView): Placement | undefined {
  const bindings: { claim: Claim; volume: Volume }[] = [];
  const provisions: Claim[] = [];
  const taken = new Set(volumes.taken);
  // The smallest first: what is large enough for a large one is not given to a small one.
  for (const claim of [...claims].sort((a, b) => compareQuantities(sizeAsked(a), sizeAsked(b)))) {
    const chosen = claim.metadata.annotations?.[volumeAnnotations.selectedNode] ?? volumes.nodeFor(claim);
    if (chosen !== undefined && chosen !== node.name) return undefined;
    const offered = volumes.volumesOf(classNameOf(claim));
    const volume = chosen === undefined ? volumeFor(claim, offered, { node, taken }) : undefined;
    if (volume) {
      taken.add(volume.metadata.name);
      bindings.push({ claim, volume });
    } else if (canBeMade(claim, node, volumes)) provisions.push(claim);
    else return undefined;
  }
  return { bindings, provisions };
}

/** Whether somebody makes volumes of the claim's class, for nodes such as this one. */
function canBeMade(claim: Claim, { labels }: NodeInfo, volumes: VolumeView): boolean {
  const found = volumes.storageClass(classNameOf(claim));
  if (!found?.provisioner || found.provisioner === noProvisioner) return false;
  const { allowedTopologies = [] } = found;
  return (
    allowedTopologies.length === 0 ||
    allowedTopologies.some(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.every(({ key, values }) => values.includes(labels[key] ?? "")),
    )
  );
}
