import type { DeviceConstraint, DeviceRequest, DeviceWish } from "../../api/device_claims.ts";
import type { SelectableNode } from "../../api/node_selector.ts";
import { type Frozen, jsonEqual, type KubeObject, keyOf } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { DeviceClaim, DeviceView } from "./device_index.ts";
import { attributeOf, meetsSelectors } from "./device_selector.ts";
import { type Candidate, type Pool, poolsFor } from "./pools.ts";

/** A device that was chosen for a request; of several wishes `request/wish`. */
export interface Chosen {
  readonly request: string;
  readonly className: string;
  readonly adminAccess: boolean;
  readonly candidate: Candidate;
}

/** So many devices one claim may have, as in Kubernetes. */
const resultsMax = 32;
/** So often the search looks at a device before it gives up: what cannot be met may have many ways to fail. */
const looksMax = 100_000;

interface Search {
  readonly claims: readonly DeviceClaim[];
  readonly pools: readonly Pool[];
  readonly view: DeviceView;
  /** By claim. */
  readonly chosen: Chosen[][];
  readonly used: Set<string>;
  /** Whether a device meets a wish: worked out once. */
  readonly known: Map<Frozen<DeviceWish>, Map<string, boolean>>;
  looks: number;
}

/** What stops a search: nothing that is tried after it would help. */
interface Stop {
  readonly stop: string;
}

type Found = boolean | Stop;

/** Where a search is: which claim, and which of its requests. */
interface Place {
  readonly claim: number;
  readonly request: number;
}

/**
 * Chooses devices on a node for all claims at once; undefined where there are not enough, a failure where it cannot be
 * told. Claims, their requests and the devices are taken in their order, and choices are taken back where they leave
 * nothing for what comes after.
 *
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4381-dra-structured-parameters
 */
export function chooseDevices(
  claims: readonly DeviceClaim[],
  node: SelectableNode,
  view: DeviceView,
): Result<readonly (readonly Chosen[])[] | undefined, string> {
  const search: Search = {
    claims,
    pools: poolsFor(view.slices(), node),
    view,
    chosen: claims.map(() => []),
    used: new Set(view.taken()),
    known: new Map(),
    looks: 0,
  };
  const found = meetRequest(search, { claim: 0, request: 0 });
  if (typeof found !== "boolean") return failed(found.stop);
  return ok(found ? search.chosen : undefined);
}

function meetRequest(search: Search, place: Place): Found {
  const claim = search.claims[place.claim];
  if (claim === undefined) return true;
  const request = claim.spec.devices?.requests?.[place.request];
  if (request === undefined) return meetRequest(search, { claim: place.claim + 1, request: 0 });
  for (const [name, wish] of wishesOf(request)) {
    const found =
      wish.allocationMode === "All"
        ? takeAll(search, { place, name, wish })
        : takeSome(search, { place, name, wish, from: 0, left: wish.count ?? 1 });
    if (found !== false) return found;
  }
  return false;
}

function wishesOf({
  name,
  exactly,
  firstAvailable = [],
}: Frozen<DeviceRequest>): readonly (readonly [string, Frozen<DeviceWish>])[] {
  return exactly ? [[name, exactly]] : firstAvailable.map((wish) => [`${name}/${wish.name}`, wish] as const);
}

interface Wish {
  readonly place: Place;
  readonly name: string;
  readonly wish: Frozen<DeviceWish>;
}

/** All devices that there are: none may be missing, and there must be one. */
function takeAll(search: Search, { place, name, wish }: Wish): Found {
  const taken: Candidate[] = [];
  const undo = () => {
    for (const each of taken.reverse()) putBack(search, place, each);
  };
  for (const pool of search.pools) {
    for (const candidate of pool.candidates) {
      const suits = meets(search, { place, name, wish }, candidate);
      if (suits === false) continue;
      const why = suits === true ? undoubted(search, place, { name, pool }) : suits;
      const isFree = why === undefined && (wish.adminAccess === true || !search.used.has(candidate.id));
      if (isFree && take(search, { place, name, wish }, candidate)) taken.push(candidate);
      else {
        undo();
        return why ?? false;
      }
    }
  }
  const found = taken.length > 0 && meetRequest(search, { ...place, request: place.request + 1 });
  if (found !== true) undo();
  return found;
}

function undoubted({ claims }: Search, place: Place, { name, pool }: { name: string; pool: Pool }): Stop | undefined {
  const why = pool.isIncomplete ? "being updated" : pool.twice === undefined ? undefined : "invalid";
  if (why === undefined) return undefined;
  const who = `claim ${nameOf(claims[place.claim])}, request ${name}`;
  return { stop: `${who}: asks for all devices, but resource pool ${pool.name} is currently ${why}` };
}

interface Some extends Wish {
  /** Counts through the devices of all pools: those before are tried already. */
  readonly from: number;
  readonly left: number;
}

function takeSome(search: Search, { from, left, ...wish }: Some): Found {
  const { place } = wish;
  if (left === 0) return meetRequest(search, { ...place, request: place.request + 1 });
  let at = 0;
  for (const { name, candidates, twice } of search.pools) {
    if (twice !== undefined && at + candidates.length > from) {
      return { stop: `pool ${name} is invalid: duplicate device name ${twice}` };
    }
    for (const candidate of candidates) {
      if (at++ < from || (wish.wish.adminAccess !== true && search.used.has(candidate.id))) continue;
      const suits = meets(search, wish, candidate);
      if (typeof suits !== "boolean") return suits;
      if (!suits || !take(search, wish, candidate)) continue;
      const found = takeSome(search, { ...wish, from: at, left: left - 1 });
      if (found !== false) return found;
      putBack(search, place, candidate);
    }
  }
  return false;
}

/** Whether a device is what a wish is for: by its class, and by what the wish says beside. */
function meets(search: Search, { place, wish }: Wish, candidate: Candidate): Found {
  if (++search.looks > looksMax) return { stop: "timed out trying to allocate devices" };
  const known = search.known.get(wish) ?? new Map<string, boolean>();
  search.known.set(wish, known);
  const before = known.get(candidate.id);
  if (before !== undefined) return before;
  const sort = search.view.deviceClass(wish.deviceClassName);
  const byClass = meetsSelectors(sort?.spec.selectors, candidate);
  if (!byClass.ok) return { stop: `class ${wish.deviceClassName}: ${byClass.failure}` };
  const itself = byClass.value ? meetsSelectors(wish.selectors, candidate) : byClass;
  if (!itself.ok) return { stop: `claim ${nameOf(search.claims[place.claim])}: ${itself.failure}` };
  known.set(candidate.id, itself.value);
  return itself.value;
}

/** Takes a device, unless the claim's constraints, or its limit, forbid it. */
function take(search: Search, { place, name, wish }: Wish, candidate: Candidate): boolean {
  const chosen = search.chosen[place.claim] ?? [];
  const { constraints = [] } = search.claims[place.claim]?.spec.devices ?? {};
  if (chosen.length >= resultsMax || !constraints.every((each) => allows(each, { name, candidate, chosen })))
    return false;
  const adminAccess = wish.adminAccess === true;
  chosen.push({ request: name, className: wish.deviceClassName, adminAccess, candidate });
  if (!adminAccess) search.used.add(candidate.id);
  return true;
}

function putBack(search: Search, place: Place, { id }: Candidate): void {
  const last = search.chosen[place.claim]?.pop();
  if (last?.adminAccess !== true) search.used.delete(id);
}

interface Considered {
  readonly name: string;
  readonly candidate: Candidate;
  readonly chosen: readonly Chosen[];
}

/** All devices that a constraint is about have the attribute, and the same value of it. */
function allows(
  { requests = [], matchAttribute = "" }: Frozen<DeviceConstraint>,
  { name, candidate, chosen }: Considered,
) {
  const concerns = (request: string) =>
    requests.length === 0 || requests.includes(request) || requests.includes(request.split("/")[0] ?? "");
  if (!concerns(name)) return true;
  const attribute = attributeOf(candidate, matchAttribute);
  if (attribute === undefined) return false;
  const other = chosen.find(({ request }) => concerns(request));
  return other === undefined || jsonEqual(attributeOf(other.candidate, matchAttribute), attribute);
}

function nameOf(claim: DeviceClaim | undefined): string {
  return claim === undefined ? "" : keyOf(claim as Frozen<KubeObject>);
}
