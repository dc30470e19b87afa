import type { CSINode } from "../../api/kinds/csi_node.ts";
import type { PersistentVolume } from "../../api/kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import type { StorageClass } from "../../api/kinds/storage_class.ts";
import { type Frozen, type KubeObject, keyOf } from "../../api/types.ts";
import { getOrMake } from "../get_or_make.ts";

/** A claim as the scheduler sees it. */
export type Claim = Frozen<PersistentVolumeClaim>;
/** A volume as the scheduler sees it. */
export type Volume = Frozen<PersistentVolume>;

/** What was decided about the claims of a pod that is on its way to a node, and that the API may not show yet. */
export interface Assumption {
  readonly node: string;
  /** Volumes that its claims are to have. */
  readonly bindings: readonly { readonly claim: Claim; readonly volume: Volume }[];
  /** Claims whose volumes are to be made for that node. */
  readonly provisions: readonly Claim[];
  /** The claims that were seen to say so. */
  readonly seen: Set<string>;
}

/** What plugins read of claims, volumes and classes. */
export interface VolumeView {
  claim(namespace: string, name: string): Claim | undefined;
  volume(name: string): Volume | undefined;
  volumesOf(className: string): Iterable<Volume>;
  storageClass(name: string): Frozen<StorageClass> | undefined;
  /** The node that a volume is to be made for, by what was decided here. */
  nodeFor(claim: Claim): string | undefined;
  /** Volumes that were given away here. */
  readonly taken: ReadonlySet<string>;
  /** How many volumes a driver can attach to a node, by driver; undefined: no driver says. */
  limitsOf(node: string): ReadonlyMap<string, number> | undefined;
  /** What was decided for a pod. */
  assumption(uid: string): Assumption | undefined;
}

/** The same, with what keeps it up to date. */
export interface VolumeIndex extends VolumeView {
  setClaim(claim: Claim): void;
  removeClaim(claim: Claim): void;
  setVolume(volume: Volume): void;
  removeVolume(volume: Volume): void;
  setClass(found: Frozen<StorageClass>): void;
  removeClass(found: Frozen<StorageClass>): void;
  setNode(node: Frozen<CSINode>): void;
  removeNode(node: Frozen<CSINode>): void;
  assume(uid: string, assumption: Assumption): void;
  forget(uid: string): void;
  /** Changes with every claim and every volume. */
  readonly version: number;
}

/** Knows nothing yet. */
export function createVolumeIndex(): VolumeIndex {
  const claims = new Map<string, Claim>();
  const volumes = new Map<string, Volume>();
  const byClass = new Map<string, Map<string, Volume>>();
  const classes = new Map<string, Frozen<StorageClass>>();
  const assumptions = new Map<string, Assumption>();
  const taken = new Set<string>();
  const nodes = new Map<string, string>();
  const limits = new Map<string, ReadonlyMap<string, number>>();
  let version = 0;

  function removeVolume({ metadata: { name } }: Volume): void {
    version++;
    const before = volumes.get(name);
    volumes.delete(name);
    byClass.get(before?.spec.storageClassName ?? "")?.delete(name);
  }

  function forget(uid: string): void {
    const known = assumptions.get(uid);
    if (!known) return;
    assumptions.delete(uid);
    for (const { volume } of known.bindings) taken.delete(volume.metadata.name);
    for (const claim of known.provisions) nodes.delete(idOf(claim));
  }

  return {
    claim: (namespace, name) => claims.get(`${namespace}/${name}`),
    volume: (name) => volumes.get(name),
    volumesOf: (className) => byClass.get(className)?.values() ?? [],
    storageClass: (name) => classes.get(name),
    nodeFor: (claim) => nodes.get(idOf(claim)),
    taken,
    limitsOf: (node) => limits.get(node),
    assumption: (uid) => assumptions.get(uid),
    setClaim(claim) {
      version++;
      claims.set(idOf(claim), claim);
    },
    removeClaim(claim) {
      version++;
      claims.delete(idOf(claim));
    },
    setVolume(volume) {
      removeVolume(volume);
      volumes.set(volume.metadata.name, volume);
      getOrMake(byClass, volume.spec.storageClassName ?? "", () => new Map()).set(volume.metadata.name, volume);
    },
    removeVolume,
    setClass: (found) => void classes.set(found.metadata.name, found),
    removeClass: (found) => void classes.delete(found.metadata.name),
    setNode({ metadata, spec }) {
      const known = spec.drivers.flatMap(({ name, allocatable }) =>
        allocatable?.count === undefined ? [] : ([[name, allocatable.count]] as const),
      );
      if (known.length === 0) limits.delete(metadata.name);
      else limits.set(metadata.name, new Map(known));
    },
    removeNode: ({ metadata }) => void limits.delete(metadata.name),
    assume(uid, assumption) {
      forget(uid);
      assumptions.set(uid, assumption);
      for (const { volume } of assumption.bindings) taken.add(volume.metadata.name);
      for (const claim of assumption.provisions) nodes.set(idOf(claim), assumption.node);
    },
    forget,
    get version() {
      return version;
    },
  };
}

function idOf(claim: Claim): string {
  return keyOf(claim as Frozen<KubeObject>);
}
