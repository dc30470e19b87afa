import type { Fields } from "../../../actors/api/types.ts";
import type { ApiOperation } from "./data.ts";
import { finalizer, markKey } from "./folders.ts";
import { folderOf, numberOf } from "./requests.ts";
import { sorted, type Thing, textOf } from "./truth.ts";

/** What a request must come to where there is this object, or none. */
export type Verdict =
  | { readonly is: "refused"; readonly codes: readonly number[] }
  /** It is written, unless it is refused for what others have; the text says what is wrong with what was. */
  | {
      readonly is: "put";
      readonly wrong: (after: Thing) => string | undefined;
      readonly unless?: readonly number[];
    }
  | { readonly is: "gone" }
  /** Nothing is to be done. */
  | { readonly is: "same" };

/** What else counts. */
export interface Circumstances {
  /** Who applied fields of maps last, and has them. */
  readonly owners: ReadonlyMap<string, string>;
}

const refused = (...codes: readonly number[]): Verdict => ({ is: "refused", codes });

/** What an operation must come to: the rules of the API, told once more, and simpler than servers keep them. */
export function verdictOn(operation: ApiOperation, before: Thing | undefined, around: Circumstances): Verdict {
  const { command } = operation;
  const isCustom = folderOf(command).kind === "Widget";
  // Nobody has told how to merge the lists of what is defined.
  if (command.op === "patch" && command.how === "strategic" && isCustom) return refused(415);
  switch (command.op) {
    case "create":
      return before ? refused(409) : { is: "put", wrong: (after) => wrongNew(operation, after) };
    case "apply":
      return applyVerdict(operation, before, around);
    case "deleteAll":
      return before ? deletionVerdict(operation, before) : { is: "same" };
    default:
      break;
  }
  if (!before) return refused(404);
  switch (command.op) {
    case "update":
      return updateVerdict(operation, before);
    case "patch":
      return patchVerdict(operation, before);
    case "scale":
      return scaleVerdict(operation, before);
    case "bind":
      return bindVerdict(operation, before);
    case "delete":
    case "evict":
      return deletionVerdict(operation, before);
    default:
      return { is: "same" };
  }
}

const bodyOf = ({ request }: ApiOperation) => JSON.parse(request.body ?? "{}") as Thing;

/** What systems say of an object, and no client can. */
const own = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] as const;

function systemOf({ metadata }: Thing): Fields {
  return Object.fromEntries(own.flatMap((each) => (metadata[each] === undefined ? [] : [[each, metadata[each]]])));
}

/** Metadata without what no client can say. */
function othersIn({ metadata }: Thing): Fields {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !(own as readonly string[]).includes(key)));
}

// ---- New objects

function wrongNew(operation: ApiOperation, after: Thing): string | undefined {
  const { metadata, status: _status, ...rest } = bodyOf(operation);
  const { generateName } = metadata as { generateName?: string };
  const wanted = { ...rest, metadata: { ...metadata, ...(generateName ? { name: after.metadata.name } : {}) } };
  const lacks = missing(wanted, after);
  if (lacks !== undefined) return `${lacks} is not as it was asked for`;
  if (generateName && !isMadeOf(after.metadata.name, generateName)) return `it is called ${after.metadata.name}`;
  if (after.metadata.deletionTimestamp !== undefined) return "its deletion has begun";
  const { replicas, size, phase } = (after.status ?? {}) as { replicas?: number; size?: number; phase?: string };
  if (replicas !== undefined || size !== undefined || (phase !== undefined && phase !== "Pending"))
    return "its status is a client's";
  return countsGenerations(after) && after.metadata.generation !== 1 ? "its generation is not 1" : undefined;
}

const countsGenerations = ({ kind }: Thing) => kind === "Deployment" || kind === "Widget";

/** Whether a name is a base and five letters of which no word is made. */
function isMadeOf(name: string, base: string): boolean {
  return name.startsWith(base) && /^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name.slice(base.length));
}

/** The first field of what was wanted that is not so; servers may add others. */
function missing(wanted: unknown, is: unknown, path = ""): string | undefined {
  if (typeof wanted !== "object" || wanted === null) return wanted === is ? undefined : path;
  for (const [key, each] of Object.entries(wanted)) {
    const wrong = missing(each, (is as Fields | undefined)?.[key], `${path}.${key}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

// ---- Objects that are changed

function isElsewhere({ metadata }: Thing, before: Thing): boolean {
  const { uid, resourceVersion } = metadata as { uid?: string; resourceVersion?: string };
  return (
    (uid !== undefined && uid !== before.metadata.uid) ||
    (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
  );
}

function updateVerdict(operation: ApiOperation, before: Thing): Verdict {
  const { command } = operation;
  const body = bodyOf(operation);
  if (isElsewhere(body, before)) return refused(409);
  // What is defined is never replaced without saying what was seen of it.
  if (before.kind === "Widget" && body.metadata.resourceVersion === undefined) return refused(422);
  if (command.op === "update" && command.part === "status") return statusVerdict(body, before);
  return replacedBy(operation, before, body);
}

function statusVerdict(body: Thing, before: Thing): Verdict {
  return {
    is: "put",
    wrong: (after) => {
      if (!isSame(body.status, after.status) && missing(body.status, after.status) !== undefined)
        return "its status is not as it was written";
      if (!isSame(before.spec, after.spec)) return "a write of its status changed what is wanted";
      return isSame(systemOf(before), systemOf(after)) && before.metadata.generation === after.metadata.generation
        ? undefined
        : "a write of its status changed what is the server's";
    },
  };
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** What becomes of an object whose parts beside the status are all replaced. */
function replacedBy({ command }: ApiOperation, before: Thing, body: Thing): Verdict {
  const added = namesIn(body).some((each) => !namesIn(before).includes(each));
  if (before.metadata.deletionTimestamp !== undefined && added) return refused(422);
  const { creationTimestamp } = body.metadata;
  const isOlder = creationTimestamp !== undefined && creationTimestamp !== before.metadata.creationTimestamp;
  const isOther =
    before.kind === "Pod" ? podIsAnother(before, body) : before.kind === "Service" && isElsewhereAt(before, body);
  if (isOlder || isOther) return refused(422);
  if (endsWith(before, body)) return { is: "gone" };
  return {
    is: "put",
    // A port that the Service does not have any more may be another's.
    ...(before.kind === "Service" && missing(body.spec, before.spec) !== undefined ? { unless: [422] } : {}),
    wrong(after) {
      const { resourceVersion: _version, finalizers = [], generation: _generation, ...metadata } = othersIn(body);
      const kept = (finalizers as readonly string[]).length > 0 ? { finalizers } : {};
      const system = { ...systemOf(before), generation: after.metadata.generation };
      const expected = { ...body, metadata: { ...metadata, ...kept, ...system }, status: before.status };
      // Of Services and pods the server fills in more than a client sees: what was asked for has to be there.
      const wrong =
        before.kind === "Service" || before.kind === "Pod"
          ? missing({ ...expected, ...(before.status === undefined ? {} : { status: before.status }) }, after)
          : textOf(expected) === textOf(after)
            ? undefined
            : textOf(expected);
      if (wrong !== undefined) return `a ${command.op} was to make ${wrong}`;
      return wrongGeneration(before, after);
    },
  };
}

function wrongGeneration(before: Thing, after: Thing): string | undefined {
  if (!countsGenerations(before)) return undefined;
  const isNoted = before.kind === "Deployment" && !isSame(before.metadata.annotations, after.metadata.annotations);
  const changed = isNoted || !isSame(before.spec, after.spec) ? 1 : 0;
  const expected = Number(before.metadata.generation) + changed;
  return after.metadata.generation === expected ? undefined : `its generation is not ${expected}`;
}

const namesIn = ({ metadata }: Thing) => (metadata.finalizers ?? []) as readonly string[];

function endsWith(before: Thing, body: Thing): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && namesIn(body).length === 0;
}

/** Of a pod's spec nothing may be changed that clients here change: what they saw of another one does not fit. */
function podIsAnother(before: Thing, body: Thing): boolean {
  return missing(body.spec, before.spec) !== undefined || (nodeOf(before) !== undefined && nodeOf(body) === undefined);
}

/** A Service keeps its address. */
function isElsewhereAt({ spec: old }: Thing, { spec }: Thing): boolean {
  const [had, has] = [old, spec].map((each) => (each as { readonly clusterIP?: string }).clusterIP);
  return has !== undefined && has !== had;
}

const nodeOf = ({ spec }: Thing) => (spec as { readonly nodeName?: string } | undefined)?.nodeName;

function patchVerdict(operation: ApiOperation, before: Thing): Verdict {
  const { command, request } = operation;
  if (command.op !== "patch") return { is: "same" };
  if (command.how !== "json") {
    const patch = bodyOf(operation);
    if (isElsewhere(patch, before)) return refused(409);
    const made = merged(before, patch) as Thing;
    return replacedBy(operation, before, withoutStatus(before.kind === "Service" ? asTyped(made) : made));
  }
  const steps = JSON.parse(request.body ?? "[]") as readonly { op: string; path: string; value?: string }[];
  const metadata = before.metadata as Fields;
  const { annotations } = metadata as { annotations?: object };
  const data = { ...(before.data as object | undefined) } as Fields;
  for (const { op, path, value } of steps) {
    const field = path.split("/").at(-1) ?? "";
    if (op === "test" && metadata[field] !== value) return refused(422);
    if (op === "remove" && data[field] === undefined) return refused(422);
    if (op === "remove") delete data[field];
  }
  const mark = steps.at(-1)?.value;
  const body: Thing = {
    ...before,
    ...(before.data === undefined ? {} : { data }),
    metadata: { ...before.metadata, annotations: { ...annotations, [markKey]: mark } },
  };
  return replacedBy(operation, before, withoutStatus(body));
}

const withoutStatus = ({ status: _status, ...rest }: Thing): Thing => rest;

/** A Service that is not reached at nodes has no ports there, and no policy for what comes in by them. */
function asTyped(service: Thing): Thing {
  const { type, ports, externalTrafficPolicy: _policy, ...spec } = service.spec as Fields;
  if (type !== "ClusterIP") return service;
  const inside = (ports as readonly Fields[]).map(({ nodePort: _port, ...port }) => port);
  return { ...service, spec: { ...spec, type, ports: inside } };
}

/** RFC 7386, for texts and maps alone. */
function merged(base: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null) return patch;
  const made: Record<string, unknown> = typeof base === "object" && base !== null ? { ...base } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete made[key];
    else made[key] = merged(made[key], value);
  }
  return made;
}

function scaleVerdict(operation: ApiOperation, before: Thing): Verdict {
  const body = bodyOf(operation);
  if (isElsewhere(body, before)) return refused(409);
  const { metadata, spec } = before;
  const wanted = { ...before, metadata, spec: { ...(spec as Fields), replicas: numberOf(operation) } } as Thing;
  return replacedBy(operation, before, withoutStatus(wanted));
}

function bindVerdict(operation: ApiOperation, before: Thing): Verdict {
  const { metadata, target } = bodyOf(operation) as Thing & { readonly target: { readonly name: string } };
  if (isElsewhere({ ...before, metadata }, before)) return refused(409);
  if (before.metadata.deletionTimestamp !== undefined || nodeOf(before) !== undefined) return refused(409);
  return {
    is: "put",
    wrong(after) {
      if (nodeOf(after) !== target.name) return `it is bound to ${nodeOf(after)}`;
      const { nodeName: _node, ...spec } = after.spec as Fields;
      return isSame(spec, before.spec) && isSame(systemOf(before), systemOf(after))
        ? undefined
        : "a binding changed more";
    },
  };
}

// ---- Maps that are applied

function applyVerdict(operation: ApiOperation, before: Thing | undefined, { owners }: Circumstances): Verdict {
  const { command, client } = operation;
  if (command.op !== "apply") return { is: "same" };
  const { data: wanted } = bodyOf(operation) as Thing & { readonly data: Readonly<Record<string, string>> };
  const had = { ...(before?.data as Readonly<Record<string, string>> | undefined) };
  const me = applierOf(client);
  const isTaken = before !== undefined && had.shared !== undefined && owners.get("shared") !== me;
  if (command.shared && !command.force && isTaken) return refused(409);
  for (const [field, owner] of owners) if (owner === me && wanted[field] === undefined) delete had[field];
  return {
    is: "put",
    wrong(after) {
      if (!isSame(after.data ?? {}, { ...had, ...wanted }))
        return `an apply was to make ${JSON.stringify({ ...had, ...wanted })} of its data`;
      return before && !isSame(systemOf(before), systemOf(after)) ? "an apply changed what is the server's" : undefined;
    },
  };
}

/** As what a client has fields that it applied. */
export const applierOf = (client: number) => `apply client-${client}`;

/** Who has the fields of a map after a change of it: who set a value that was another before. */
export function ownersAfter(
  owners: ReadonlyMap<string, string>,
  {
    before,
    after,
    by,
  }: { readonly before: Thing | undefined; readonly after: Thing | undefined; readonly by: ApiOperation | undefined },
): ReadonlyMap<string, string> {
  if (!after) return new Map();
  const [had, has] = [before, after].map((each) => (each?.data ?? {}) as Readonly<Record<string, string>>);
  const applied = by?.command.op === "apply" ? (bodyOf(by).data as Fields) : undefined;
  const next = new Map<string, string>();
  for (const [field, value] of Object.entries(has ?? {})) {
    const owner = owners.get(field);
    const isMine = applied?.[field] !== undefined;
    if (isMine && by) next.set(field, applierOf(by.client));
    else if (had?.[field] === value && owner !== undefined) next.set(field, owner);
    else next.set(field, "others");
  }
  return next;
}

// ---- Objects that go

function deletionVerdict(operation: ApiOperation, before: Thing): Verdict {
  const { command } = operation;
  const { preconditions = {} } = bodyOf(operation) as Fields & { readonly preconditions?: Fields };
  if (command.op === "delete" && isElsewhere({ ...before, metadata: { ...preconditions, name: "" } } as Thing, before))
    return refused(409);
  const propagation = command.op === "delete" ? command.propagation : undefined;
  const kept = namesAfter(before, propagation);
  const seconds = secondsLeft(command.op === "delete" ? command.seconds : undefined, before);
  const isOver = before.metadata.deletionTimestamp !== undefined;
  if (kept.length === 0 && seconds === 0) return { is: "gone" };
  return {
    is: "put",
    wrong(after) {
      const {
        deletionTimestamp,
        deletionGracePeriodSeconds,
        finalizers: _finalizers,
        generation: _generation,
        ...rest
      } = after.metadata as Fields;
      if (deletionTimestamp === undefined) return "its deletion has not begun";
      if (!isSame(namesIn(after).toSorted(), kept.toSorted())) return `it is kept by ${namesIn(after).join(", ")}`;
      if (!isOver && deletionGracePeriodSeconds !== seconds)
        return `it has ${deletionGracePeriodSeconds} s left, not ${seconds}`;
      const {
        deletionTimestamp: _at,
        deletionGracePeriodSeconds: _left,
        finalizers: _kept,
        generation: _old,
        ...had
      } = before.metadata as Fields;
      const before_ = textOf({ ...before, metadata: had, status: {} });
      return textOf({ ...after, metadata: rest, status: {} }) === before_ ? undefined : "a delete changed more";
    },
  };
}

/** Whether a pod that is to be evicted was only told so: nothing but its status is another. */
export function isMarkOnly(before: Thing, after: Thing): boolean {
  return textOf({ ...before, status: {} }) === textOf({ ...after, status: {} });
}

function namesAfter(before: Thing, propagation: string | undefined): readonly string[] {
  const names = namesIn(before);
  if (propagation === undefined) return names;
  const others = names.filter((each) => each === finalizer);
  if (propagation === "Background") return others;
  return [...others, propagation === "Orphan" ? "orphan" : "foregroundDeletion"];
}

function secondsLeft(asked: number | undefined, before: Thing): number {
  const { phase } = (before.status ?? {}) as { readonly phase?: string };
  if (before.kind !== "Pod" || nodeOf(before) === undefined || phase === "Succeeded" || phase === "Failed") return 0;
  const begun = before.metadata.deletionGracePeriodSeconds as number | undefined;
  // What has begun may only end sooner.
  return Math.min(asked ?? begun ?? 30, begun ?? Number.POSITIVE_INFINITY);
}
