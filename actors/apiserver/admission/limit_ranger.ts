import { type LimitRange, limitRangeRules as limitRange } from "../../api/kinds/limit_range.ts";
import type { PersistentVolumeClaim as Claim } from "../../api/kinds/persistent_volume_claim.ts";
import { podResources } from "../../api/pod.ts";
import { compareQuantities, parseQuantity, zero } from "../../api/quantity.ts";
import { writeAmounts } from "../../api/quota/amounts.ts";
import { forbiddenStatus, type Status } from "../../api/status.ts";
import { type Container, type Frozen, ownValue, type Pod, setOwn } from "../../api/types.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { groupResource } from "../requests/call.ts";
import { cacheOf } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";

type Item = Frozen<LimitRange>["spec"]["limits"][number];
type Amounts = Readonly<Record<string, string>>;

/** Gives a new pod's containers what a namespace's LimitRanges say is usual, and holds the pod to the least and most. */
export const limitRanger: AdmissionPlugin = {
  name: "LimitRanger",
  place: 6,
  handles: [
    { operations: ["CREATE"], resources: ["pods", "persistentvolumeclaims"] },
    { operations: ["UPDATE"], resources: ["pods/resize"] },
  ],
  admit(admitting, verdict, step) {
    if (admitting.draft && isPod(admitting) && admitting.operation === "CREATE") {
      for (const { limits } of rangesOf(admitting)) for (const item of limits) fill(admitting.draft as Pod, item);
    }
    verdict(undefined, step);
  },
  validate: (admitting, verdict, step) => verdict(refusal(admitting), step),
};

function isPod({ call }: Admitting): boolean {
  return call.kind.plural === "pods";
}

function rangesOf({ server, call }: Admitting): readonly Frozen<LimitRange>["spec"][] {
  const items = itemsUnder(cacheOf(server, limitRange), `${limitRange.storagePrefix}/${call.namespace}/`);
  return [...items]
    .map((item) => (objectOf(item) as Frozen<LimitRange>).spec)
    .filter(({ limits }) => limits !== undefined);
}

function containersOf({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
}

/** Says on the pod what was filled in, as Kubernetes does. */
const annotation = "kubernetes.io/limit-ranger";

function fill(pod: Pod, item: Item): void {
  if (item.type !== "Container") return;
  const said: string[] = [];
  const lists = { container: pod.spec.containers ?? [], "init container": pod.spec.initContainers ?? [] };
  for (const [what, containers] of Object.entries(lists)) {
    for (const container of containers) {
      const filled = {
        request: fillIn(container, "requests", item.defaultRequest),
        limit: fillIn(container, "limits", item.default),
      };
      for (const [part, names] of Object.entries(filled)) {
        if (names.length > 0) said.push(`${names.sort().join(", ")} ${part} for ${what} ${container.name}`);
      }
    }
  }
  if (said.length === 0) return;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [annotation]: `LimitRanger plugin set: ${said.join("; ")}`,
  };
}

/** Fills in the amounts that a container does not name, and says which. */
function fillIn(container: Container, part: "requests" | "limits", usual: Amounts = {}): string[] {
  const resources = container.resources ?? {};
  const amounts = { ...resources[part] };
  const names = Object.keys(usual).filter((name) => !Object.hasOwn(amounts, name));
  for (const name of names) setOwn(amounts, { key: name, value: usual[name] });
  if (names.length > 0) container.resources = { ...resources, [part]: amounts };
  return names;
}

/** What of an object breaks the ranges of its namespace, all of it in one text. */
function refusal(admitting: Admitting): Status | undefined {
  const { draft, call } = admitting;
  if (!draft) return undefined;
  const wrongs = rangesOf(admitting).flatMap(({ limits }) =>
    limits.flatMap((item) => (isPod(admitting) ? wrongOf(draft as Pod, item) : wrongOfClaim(draft as Claim, item))),
  );
  if (wrongs.length === 0) return undefined;
  const text = wrongs.length === 1 ? (wrongs[0] ?? "") : `[${wrongs.join(", ")}]`;
  const { name, generateName = "" } = draft.metadata;
  return forbiddenStatus(groupResource(call), name || generateName, text);
}

function wrongOf(pod: Pod, item: Item): string[] {
  if (item.type === "Container") {
    return containersOf(pod).flatMap(({ resources }) =>
      breaches(item, resources?.requests ?? {}, resources?.limits ?? {}),
    );
  }
  if (item.type !== "Pod") return [];
  // What a runtime adds is not the pod's.
  const { overhead: _added, ...spec } = pod.spec;
  const total = (part: "requests" | "limits") => writeAmounts(podResources(spec as Frozen<Pod>["spec"], part));
  return breaches(item, total("requests"), total("limits"));
}

/** A claim has no limit: only what it asks for counts. */
function wrongOfClaim({ spec }: Claim, item: Item): string[] {
  if (item.type !== "PersistentVolumeClaim") return [];
  const { min = {}, max = {}, type } = item;
  const requests = spec.resources?.requests ?? {};
  const most = Object.keys(max).flatMap((name) => {
    const [request, limit] = [ownValue(requests, name), max[name] ?? ""];
    return request !== undefined && isMore(request, limit)
      ? [`maximum ${name} usage per ${type} is ${limit}, but request is ${request}`]
      : [];
  });
  return [...breaches({ type, min }, requests, {}), ...most];
}

const amount = (text: string) => parseQuantity(text) ?? zero;
const isMore = (a: string, b: string): boolean => compareQuantities(amount(a), amount(b)) > 0;

function breaches(
  { type, min = {}, max = {}, maxLimitRequestRatio: ratio = {} }: Item,
  requests: Amounts,
  limits: Amounts,
): string[] {
  const wrongs: string[] = [];
  for (const [name, least] of Object.entries(min)) {
    const [request, limit] = [ownValue(requests, name), ownValue(limits, name)];
    if (request === undefined) wrongs.push(`minimum ${name} usage per ${type} is ${least}.  No request is specified`);
    else if (isMore(least, request))
      wrongs.push(`minimum ${name} usage per ${type} is ${least}, but request is ${request}`);
    if (limit !== undefined && isMore(least, limit)) {
      wrongs.push(`minimum ${name} usage per ${type} is ${least}, but limit is ${limit}`);
    }
  }
  for (const [name, most] of Object.entries(max)) {
    const [request, limit] = [ownValue(requests, name), ownValue(limits, name)];
    if (limit === undefined) wrongs.push(`maximum ${name} usage per ${type} is ${most}.  No limit is specified`);
    else if (isMore(limit, most)) wrongs.push(`maximum ${name} usage per ${type} is ${most}, but limit is ${limit}`);
    if (request !== undefined && isMore(request, most)) {
      wrongs.push(`maximum ${name} usage per ${type} is ${most}, but request is ${request}`);
    }
  }
  for (const [name, most] of Object.entries(ratio)) {
    const [request, limit] = [ownValue(requests, name), ownValue(limits, name)];
    if (request === undefined || limit === undefined) {
      const missing = request === undefined ? "request" : "limit";
      wrongs.push(`${name} max limit to request ratio per ${type} is ${most}, but no ${missing} is specified`);
      continue;
    }
    const actual = Number(amount(limit).nanos) / Math.max(Number(amount(request).nanos), 1);
    if (actual > Number(amount(most).nanos) / 1e9) {
      wrongs.push(
        `${name} max limit to request ratio per ${type} is ${most}, but provided ratio is ${actual.toFixed(6)}`,
      );
    }
  }
  return wrongs;
}
