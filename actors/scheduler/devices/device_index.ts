import { deviceId } from "../../api/device_claims.ts";
import type { DeviceClass } from "../../api/kinds/device_class.ts";
import type { ResourceClaim } from "../../api/kinds/resource_claim.ts";
import type { ResourceSlice } from "../../api/kinds/resource_slice.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { keyOf } from "../../api/types.ts";

/** A claim as the scheduler sees it. */
export type DeviceClaim = Frozen<ResourceClaim>;
/** Devices as their driver offers them. */
export type Slice = Frozen<ResourceSlice>;

/** What plugins read of claims for devices, of devices and their classes. */
export interface DeviceView {
  /** With what was decided here and the API may not show yet. */
  claim(namespace: string, name: string): DeviceClaim | undefined;
  deviceClass(name: string): Frozen<DeviceClass> | undefined;
  /** In order of their names. */
  slices(): readonly Slice[];
  /** The devices that claims have, as `deviceId` names them, but for what administrators look at. */
  taken(): ReadonlySet<string>;
  /** The claims as they are to be once a pod has its node. */
  assumption(uid: string): readonly DeviceClaim[] | undefined;
}

/** The same, with what keeps it up to date. */
export interface DeviceIndex extends DeviceView {
  setClaim(claim: DeviceClaim): void;
  removeClaim(claim: DeviceClaim): void;
  setSlice(slice: Slice): void;
  removeSlice(slice: Slice): void;
  setClass(found: Frozen<DeviceClass>): void;
  removeClass(found: Frozen<DeviceClass>): void;
  assume(uid: string, claims: readonly DeviceClaim[]): void;
  forget(uid: string): void;
}

/** Knows nothing yet. */
export function createDeviceIndex(): DeviceIndex {
  const claims = new Map<string, DeviceClaim>();
  const classes = new Map<string, Frozen<DeviceClass>>();
  const byName = new Map<string, Slice>();
  const assumptions = new Map<string, readonly DeviceClaim[]>();
  const assumed = new Map<string, DeviceClaim>();
  let slices: readonly Slice[] | undefined;
  let taken: ReadonlySet<string> | undefined;

  const idOf = (claim: DeviceClaim) => keyOf(claim as Frozen<KubeObject>);

  function claim(namespace: string, name: string): DeviceClaim | undefined {
    const seen = claims.get(`${namespace}/${name}`);
    const decided = assumed.get(`${namespace}/${name}`);
    return seen && decided ? { ...seen, status: decided.status } : seen;
  }

  function remember(uid: string, decided: readonly DeviceClaim[] | undefined): void {
    taken = undefined;
    for (const each of assumptions.get(uid) ?? []) assumed.delete(idOf(each));
    if (decided === undefined) return void assumptions.delete(uid);
    assumptions.set(uid, decided);
    for (const each of decided) assumed.set(idOf(each), each);
  }

  return {
    claim,
    deviceClass: (name) => classes.get(name),
    slices() {
      slices ??= [...byName.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      return slices;
    },
    taken() {
      taken ??= takenBy([...claims.values(), ...assumed.values()]);
      return taken;
    },
    assumption: (uid) => assumptions.get(uid),
    setClaim(seen) {
      taken = undefined;
      const id = idOf(seen);
      claims.set(id, seen);
      const decided = assumed.get(id);
      const isOver = decided && (decided.metadata.uid !== seen.metadata.uid || isAsDecided(seen, decided));
      if (isOver) assumed.delete(id);
    },
    removeClaim(seen) {
      taken = undefined;
      claims.delete(idOf(seen));
      assumed.delete(idOf(seen));
    },
    setSlice(slice) {
      slices = undefined;
      byName.set(slice.metadata.name, slice);
    },
    removeSlice(slice) {
      slices = undefined;
      byName.delete(slice.metadata.name);
    },
    setClass: (found) => void classes.set(found.metadata.name, found),
    removeClass: (found) => void classes.delete(found.metadata.name),
    assume: remember,
    forget: (uid) => remember(uid, undefined),
  };
}

function isAsDecided({ status }: DeviceClaim, decided: DeviceClaim): boolean {
  const reserved = new Set(status?.reservedFor?.map(({ uid }) => uid));
  return status?.allocation !== undefined && (decided.status.reservedFor ?? []).every(({ uid }) => reserved.has(uid));
}

function takenBy(claims: readonly DeviceClaim[]): Set<string> {
  const taken = new Set<string>();
  for (const { status } of claims) {
    for (const result of status?.allocation?.devices?.results ?? []) {
      if (result.adminAccess !== true) taken.add(deviceId(result));
    }
  }
  return taken;
}
