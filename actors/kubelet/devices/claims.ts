import type { Address, Step } from "../../../runtime/mod.ts";
import type { ResourceClaim } from "../../api/kinds/resource_claim.ts";
import { isClaimOf, isReservedFor, madeClaim, podClaimsOf } from "../../api/resource_claims.ts";
import { type Container, type Frozen, type KubeObject, keyOf, type Pod } from "../../api/types.ts";
import type { PreparedDevice } from "../../dra_driver/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

/** A claim that was prepared on this node, or may have been. */
export interface ClaimInfo {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** What each of its drivers said of it. */
  readonly drivers: Map<string, readonly PreparedDevice[]>;
  /** The pods of this node that it is prepared for, by uid. */
  readonly pods: Set<string>;
  /** In this life of the kubelet: else its drivers are asked again, which changes nothing. */
  isPrepared: boolean;
  /** It is taken back from its drivers: who waits until that is done. */
  leaving: ((step: Step) => void)[] | undefined;
}

/** What a kubelet knows of devices. */
export interface DevicesState {
  /** By namespace and name. Of what is in here the node's disk has a copy, which outlives the kubelet. */
  readonly claims: Map<string, ClaimInfo>;
  /** Where the drivers are that have registered, by name. */
  readonly drivers: Map<string, Address>;
  /** Those that are gone, by name, and how often that was: their slices are taken away when they stay so. */
  readonly lost: Map<string, number>;
  /** A copy is on its way to the disk. */
  isWriting: boolean;
  /** Who waits for the next. */
  readonly unwritten: ((step: Step) => void)[];
}

/** Nothing is prepared and nobody has registered. */
export function noDevices(): DevicesState {
  return { claims: new Map(), drivers: new Map(), lost: new Map(), isWriting: false, unwritten: [] };
}

/** Where the copy is. */
export const stateFolder = "/var/lib/kubelet";
/** Its name. */
export const stateFile = "dra_manager_state";

/** What the copy says. */
export function stateText({ claims }: DevicesState): string {
  const entries = [...claims.values()].map(({ uid, namespace, name, drivers, pods }) => ({
    ...{ claimUID: uid, claimName: name, namespace, podUIDs: [...pods] },
    driverState: Object.fromEntries(drivers),
  }));
  return JSON.stringify({ version: "v1", entries });
}

interface StateText {
  readonly entries: readonly {
    readonly claimUID: string;
    readonly claimName: string;
    readonly namespace: string;
    readonly podUIDs: readonly string[];
    readonly driverState: Readonly<Record<string, readonly PreparedDevice[]>>;
  }[];
}

/** Takes up what an earlier life of this kubelet wrote down; a text that is none of its own is a fault of the node. */
export function restoreState(state: DevicesState, text: string): void {
  for (const { claimUID: uid, claimName: name, namespace, podUIDs, driverState } of (JSON.parse(text) as StateText)
    .entries) {
    const drivers = new Map(Object.entries(driverState));
    const pods = new Set(podUIDs);
    const info: ClaimInfo = { uid, namespace, name, drivers, pods, isPrepared: false, leaving: undefined };
    state.claims.set(`${namespace}/${name}`, info);
  }
}

/** A claim of a pod, by its name; whether it was made for the pod alone. */
export interface NamedClaim {
  readonly name: string;
  readonly isMade: boolean;
}

/** Which claims a pod's devices come from; fails while one of them was not made yet. */
export function namedClaims(pod: Frozen<Pod>): Result<readonly NamedClaim[], string> {
  const named: NamedClaim[] = [];
  for (const { name, resourceClaimName } of podClaimsOf(pod)) {
    const made = resourceClaimName === undefined ? madeClaim(pod, name) : { resourceClaimName };
    if (made === undefined)
      return failed(`pod ${JSON.stringify(keyOf(pod as Frozen<KubeObject>))}: ResourceClaim not created yet`);
    // Without a name none was needed after all.
    if (made.resourceClaimName === undefined) continue;
    if (named.some((each) => each.name === made.resourceClaimName)) continue;
    named.push({ name: made.resourceClaimName, isMade: resourceClaimName === undefined });
  }
  return ok(named);
}

/** Why a pod may not use a claim; undefined: it may. */
export function claimRefusal(claim: Frozen<ResourceClaim>, pod: Frozen<Pod>, isMade: boolean): string | undefined {
  const { namespace, name, uid } = claim.metadata;
  if (isMade && !isClaimOf(claim, pod)) {
    return `ResourceClaim ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`;
  }
  if (isReservedFor(claim, pod.metadata.uid ?? "")) return undefined;
  return `pod ${pod.metadata.name} (${pod.metadata.uid}) is not allowed to use ResourceClaim ${name} (${uid})`;
}

/** The drivers that a claim's devices are of. */
export function driversOf({ status }: Frozen<ResourceClaim>): readonly string[] {
  return [...new Set((status?.allocation?.devices?.results ?? []).map(({ driver }) => driver))];
}

/** What runtimes are told of the devices of a container; fails where one of its claims is not prepared. */
export function containerDevices(
  { claims }: DevicesState,
  { resources }: Frozen<Container>,
  pod: Frozen<Pod>,
): Result<readonly string[], string> {
  const used = (resources as { readonly claims?: readonly { readonly name: string; readonly request?: string }[] })
    ?.claims;
  const devices = new Set<string>();
  for (const { name, request = "" } of used ?? []) {
    const wanted = podClaimsOf(pod).find((each) => each.name === name);
    const claim = wanted?.resourceClaimName ?? madeClaim(pod, name)?.resourceClaimName;
    if (claim === undefined) continue;
    const { namespace, uid = "" } = pod.metadata;
    const info = claims.get(`${namespace}/${claim}`);
    if (!info?.pods.has(uid)) {
      return failed(`internal error: unable to get claim info for ResourceClaim ${claim} in namespace ${namespace}`);
    }
    for (const each of [...info.drivers.values()].flat()) {
      const isMeant = request === "" || each.request === request || each.request.startsWith(`${request}/`);
      if (isMeant) for (const device of each.cdiDevices) devices.add(device);
    }
  }
  return ok([...devices]);
}
