import { hash32 } from "../../../runtime/mod.ts";
import { generateName } from "../../api/names.ts";
import { newControllerRef } from "../../api/owner_references.ts";
import {
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  type Frozen,
  jsonEqual,
  type KubeObject,
} from "../../api/types.ts";
import type { IpFamily } from "../../kit/ip_number.ts";
import { present } from "../../kit/present.ts";
import { portsKey } from "./ports.ts";

/** The label that names the Service of a slice. */
export const serviceNameLabel = "kubernetes.io/service-name";
/** The label that names who keeps a slice. */
export const managedByLabel = "endpointslice.kubernetes.io/managed-by";
/** The label that says that a Service has no address of its own. */
export const headlessLabel = "service.kubernetes.io/headless";

/** The endpoints that share one set of ports. */
export interface Group {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Map<string, Endpoint>;
}

/** What slices are to say. */
export interface PackingOptions {
  /** The Service, or the Endpoints that are mirrored. */
  readonly owner: Frozen<KubeObject>;
  /** The names of slices begin so. */
  readonly baseName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of which all addresses are: `existing` has slices of no other. */
  readonly addressType: IpFamily;
  /** On slices that are written: added to those that are there. Default none. */
  readonly annotations?: (before: Readonly<Record<string, string>> | undefined) => Record<string, string>;
  /** By `portsKey`. Packing takes endpoints out of it. */
  readonly groups: ReadonlyMap<string, Group>;
  readonly existing: readonly Frozen<EndpointSlice>[];
  /** Whether a slice, of whomever, has a name already. */
  readonly isTaken: (name: string) => boolean;
  /** Whether there is to be an empty slice rather than none. */
  readonly keepsPlaceholder: boolean;
  /** Default 100. */
  readonly endpointsMax?: number;
}

/** The writes that make slices say what they are to say. */
export interface Packing {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly Frozen<EndpointSlice>[];
}

const endpointsMaxDefault = 100;

/** What makes two endpoints the same one, whatever its conditions. */
export function endpointId({ addresses, hostname = "", targetRef }: Frozen<Endpoint>): string {
  return `${[...addresses].sort().join()}|${hostname}|${targetRef?.namespace ?? ""}/${targetRef?.name ?? ""}`;
}

/** What slices of several families are to say, packed each by itself; slices of any other are to go. */
export function packByFamily(
  families: readonly IpFamily[],
  existing: readonly Frozen<EndpointSlice>[],
  optionsOf: (family: IpFamily, own: readonly Frozen<EndpointSlice>[]) => PackingOptions,
): Packing {
  const packings = families.map((family) => {
    const own = existing.filter(({ addressType }) => addressType === family);
    return packSlices(optionsOf(family, own));
  });
  const others = existing.filter(({ addressType }) => !families.some((family) => family === addressType));
  return {
    create: packings.flatMap(({ create }) => create),
    update: packings.flatMap(({ update }) => update),
    remove: [...others, ...packings.flatMap(({ remove }) => remove)],
  };
}

interface Draft {
  readonly slice: Frozen<EndpointSlice>;
  endpoints: readonly Frozen<Endpoint>[];
  touched: boolean;
}

/**
 * Distributes endpoints over slices with few writes rather than few slices, as Kubernetes does: what is there stays
 * where it is; slices that have to be written anyway are filled up first, the fullest before the others; what is left
 * goes to the one slice that it fits best, or to new ones.
 */
export function packSlices(options: PackingOptions): Packing {
  const { owner, groups, existing, labels } = options;
  const byPorts = new Map<string, Frozen<EndpointSlice>[]>();
  const remove: Frozen<EndpointSlice>[] = [];
  for (const each of existing) {
    if (!isOwned(each, owner)) {
      remove.push(each);
      continue;
    }
    const key = portsKey(each.ports);
    const same = byPorts.get(key);
    if (same) same.push(each);
    else byPorts.set(key, [each]);
  }
  const create: EndpointSlice[] = [];
  const update: EndpointSlice[] = [];
  for (const [key, group] of groups) {
    packGroup({ ...options, group, existing: byPorts.get(key) ?? [] }, { create, update, remove });
    byPorts.delete(key);
  }
  for (const unwanted of byPorts.values()) remove.push(...unwanted);
  if (options.keepsPlaceholder && remove.length === existing.length && create.length === 0) {
    const [only] = remove;
    if (remove.length === 1 && only && isPlaceholder(only, { owner, labels })) remove.pop();
    else create.push(newSlice(options, []));
  }
  reuse({ create, update, remove }, owner);
  name(create, options);
  return { create, update, remove };
}

interface GroupOptions extends PackingOptions {
  readonly group: Group;
}

interface Writes {
  readonly create: EndpointSlice[];
  readonly update: EndpointSlice[];
  readonly remove: Frozen<EndpointSlice>[];
}

function packGroup(options: GroupOptions, { create, update, remove }: Writes) {
  const { group, existing, labels, endpointsMax = endpointsMaxDefault } = options;
  const left = group.endpoints;
  const drafts: Draft[] = [];
  for (const slice of existing) {
    const draft = settle(slice, left);
    if (draft.endpoints.length === 0 && draft.touched) remove.push(slice);
    else {
      draft.touched ||= !jsonEqual(slice.metadata.labels, labels);
      drafts.push(draft);
    }
  }
  const touched = drafts.filter((each) => each.touched).sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const draft of touched) fill(draft, { left, endpointsMax });
  while (left.size > 0) {
    const draft = bestFit(drafts, { count: left.size, endpointsMax });
    if (draft) fill(draft, { left, endpointsMax });
    else create.push(newSlice(options, group.ports, takeSome(left, endpointsMax)));
  }
  for (const draft of drafts) if (draft.touched) update.push(changed(draft, options));
}

/** Keeps what a slice has and is still wanted, as it is wanted now. */
function settle(slice: Frozen<EndpointSlice>, left: Map<string, Endpoint>): Draft {
  const before = slice.endpoints ?? [];
  const endpoints: Frozen<Endpoint>[] = [];
  let touched = false;
  for (const each of before) {
    const id = endpointId(each);
    const wanted = left.get(id);
    if (!wanted) continue;
    left.delete(id);
    touched ||= !jsonEqual(each, wanted);
    endpoints.push(wanted);
  }
  return { slice, endpoints, touched: touched || endpoints.length !== before.length };
}

function fill(draft: Draft, { left, endpointsMax }: { left: Map<string, Endpoint>; endpointsMax: number }) {
  const room = endpointsMax - draft.endpoints.length;
  if (room <= 0 || left.size === 0) return;
  draft.endpoints = [...draft.endpoints, ...takeSome(left, room)];
  draft.touched = true;
}

function takeSome(left: Map<string, Endpoint>, count: number): Endpoint[] {
  const taken: Endpoint[] = [];
  for (const [id, each] of left) {
    if (taken.length >= count) break;
    taken.push(each);
    left.delete(id);
  }
  return taken;
}

/** Of the slices that nothing else has to be written to, the one that is fullest with so many more. */
function bestFit(drafts: readonly Draft[], { count, endpointsMax }: { count: number; endpointsMax: number }) {
  let best: Draft | undefined;
  for (const each of drafts) {
    if (each.touched || each.endpoints.length + count > endpointsMax) continue;
    if (!best || each.endpoints.length > best.endpoints.length) best = each;
  }
  return best;
}

function isOwned({ metadata }: Frozen<EndpointSlice>, owner: Frozen<KubeObject>): boolean {
  return metadata.ownerReferences?.some(({ uid, kind }) => uid === owner.metadata.uid && kind === owner.kind) ?? false;
}

function isPlaceholder(
  slice: Frozen<EndpointSlice>,
  { owner, labels }: Pick<PackingOptions, "owner" | "labels">,
): boolean {
  const isEmpty = (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0;
  return isEmpty && isOwned(slice, owner) && jsonEqual(slice.metadata.labels, labels);
}

function changed({ slice, endpoints }: Draft, { labels, annotations }: PackingOptions): EndpointSlice {
  const metadata = {
    ...slice.metadata,
    labels,
    ...(annotations && { annotations: annotations(slice.metadata.annotations) }),
  };
  return { ...slice, metadata, endpoints } as EndpointSlice;
}

function newSlice(
  { owner, labels, annotations, addressType }: PackingOptions,
  ports: readonly EndpointPort[],
  endpoints: Endpoint[] = [],
): EndpointSlice {
  const { namespace } = owner.metadata;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: "",
      ...present({ namespace }),
      labels: { ...labels },
      ...(annotations && { annotations: annotations(undefined) }),
      ownerReferences: [newControllerRef(owner)],
    },
    addressType,
    endpoints,
    ports: [...ports],
  };
}

/** A slice that would be deleted is written over instead, where one is to be created. */
function reuse({ create, update, remove }: Writes, owner: Frozen<KubeObject>) {
  for (let index = 0; index < remove.length && create.length > 0; ) {
    const old = remove[index] as Frozen<EndpointSlice>;
    if (!isOwned(old, owner) || old.metadata.deletionTimestamp) {
      index++;
      continue;
    }
    const slice = create.pop() as EndpointSlice;
    const { labels, annotations } = slice.metadata;
    const metadata = { ...old.metadata, ...(labels && { labels }), ...(annotations && { annotations }) };
    update.push({ ...slice, metadata: metadata as EndpointSlice["metadata"] });
    remove.splice(index, 1);
  }
}

/**
 * Names follow from the owner and a count. Whoever plans on a mirror that does not show a slice yet chooses its name
 * again, and the server refuses the duplicate (kubernetes issue 93374).
 */
function name(create: readonly EndpointSlice[], { owner, baseName, addressType, isTaken }: PackingOptions) {
  const seed = addressType === "IPv4" ? owner.metadata.uid : `${owner.metadata.uid}/${addressType}`;
  let count = 0;
  for (const slice of create) {
    do slice.metadata.name = nameOf(baseName, `${seed}/${count++}`);
    while (isTaken(slice.metadata.name));
  }
}

function nameOf(baseName: string, seed: string): string {
  let draws = 0;
  return generateName(`${baseName}-`, () => hash32(`${seed}/${draws++}`) / 0x1_0000_0000);
}
