/**
 * Whether a definition may have the names that it asks for: within a group each is one definition's.
 */
import { type ConditionLike, getCondition, setCondition } from "../conditions.ts";
import { aggregateText } from "../field_error.ts";
import type { CustomResourceDefinition } from "../kinds/custom_resource_definition.ts";
import { type Frozen, jsonEqual } from "../types.ts";

type Definition = Frozen<CustomResourceDefinition>;
type Names = Definition["spec"]["names"];

/** What a definition has of the names that it asks for, and what is said of it. */
export interface JudgedNames {
  readonly acceptedNames: Names;
  readonly conditions: readonly ConditionLike[];
}

const kindFields = ["kind", "listKind"] as const;
const resourceFields = ["plural", "singular"] as const;
const reasons = {
  plural: "PluralConflict",
  singular: "SingularConflict",
  kind: "KindConflict",
  listKind: "ListKindConflict",
} as const;

/** Whether objects of a definition's kind are served. */
export function isEstablished({ status }: Definition): boolean {
  return getCondition(status?.conditions as readonly ConditionLike[] | undefined, "Established")?.status === "True";
}

/**
 * Judges a definition's names by those of the other definitions of its group, as apiextensions-apiserver's
 * `pkg/controller/status` does. Of two that wait for a name, or that servers gave it to at once, the older one has it.
 */
export function judgedNames(definition: Definition, others: Iterable<Definition>, nowMs: number): JudgedNames {
  const rivals = [...others].filter((each) => each !== definition && each.spec.group === definition.spec.group);
  const { names } = definition.spec;
  const before = acceptedOf(definition);
  const accepted: Record<string, unknown> = { ...before };
  let [reason, message] = ["NoConflicts", "no conflicts found"];
  const taken = takenNames(definition, rivals);
  const judge = (field: keyof typeof reasons, used: Taken) => {
    const name = names[field] ?? "";
    const isFree = name === (before[field] ?? "") ? !used.byOlder.has(name) : !used.byAnybody.has(name);
    if (isFree) accepted[field] = name;
    else {
      [reason, message] = [reasons[field], inUse(name)];
      accepted[field] = "";
    }
  };
  for (const field of resourceFields) judge(field, taken.resources);
  const own = new Set(before.shortNames ?? []);
  const { byOlder, byAnybody } = taken.resources;
  const clashing = (names.shortNames ?? []).filter((name) => (own.has(name) ? byOlder : byAnybody).has(name));
  if (clashing.length > 0) {
    [reason, message] = ["ShortNamesConflict", aggregateText(clashing.map(inUse))];
    const kept = (before.shortNames ?? []).filter((name) => !byOlder.has(name));
    if (kept.length > 0) accepted.shortNames = kept;
    else delete accepted.shortNames;
  } else if (names.shortNames === undefined) delete accepted.shortNames;
  else accepted.shortNames = names.shortNames;
  for (const field of kindFields) judge(field, taken.kinds);
  if (names.categories !== undefined) accepted.categories = names.categories;
  else delete accepted.categories;
  const conditions = conditionsOf(definition, { reason, message, nowMs });
  const isSame = jsonEqual(accepted, before);
  return { acceptedNames: isSame ? before : (accepted as unknown as Names), conditions };
}

const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`;

function acceptedOf({ status }: Definition): Names {
  return status?.acceptedNames ?? { plural: "", kind: "" };
}

interface Said {
  readonly reason: string;
  readonly message: string;
  readonly nowMs: number;
}

function conditionsOf(definition: Definition, { reason, message, nowMs }: Said): readonly ConditionLike[] {
  const isAccepted = reason === "NoConflicts";
  const before = definition.status?.conditions as readonly ConditionLike[] | undefined;
  const names = { type: "NamesAccepted", status: isAccepted ? "True" : "False", reason, message };
  const established = isAccepted
    ? { status: "True", reason: "InitialNamesAccepted", message: "the initial names have been accepted" }
    : { status: "False", reason: "NotAccepted", message: "not all names are accepted" };
  // What is established stays so, whatever names it asks for later, but for the ones by which it is known.
  const lost = reason !== "NoConflicts" && reason !== "ShortNamesConflict";
  const stays = isEstablished(definition) && !lost;
  const conditions = setCondition(before, { condition: names, nowMs });
  return stays ? conditions : setCondition(conditions, { condition: { type: "Established", ...established }, nowMs });
}

/** Names that others have. */
interface Taken {
  /** Whoever they are. */
  readonly byAnybody: Set<string>;
  /** Who were there before. */
  readonly byOlder: Set<string>;
}

function takenNames(definition: Definition, rivals: readonly Definition[]): { resources: Taken; kinds: Taken } {
  const none = (): Taken => ({ byAnybody: new Set(), byOlder: new Set() });
  const taken = { resources: none(), kinds: none() };
  for (const rival of rivals) {
    const older = isOlder(rival, definition);
    // Who waits for longer comes first.
    const names = older ? [acceptedOf(rival), rival.spec.names] : [acceptedOf(rival)];
    for (const [index, { plural, singular, shortNames = [], kind, listKind }] of names.entries()) {
      add(taken.resources, [plural, singular, ...shortNames], older && index === 0);
      add(taken.kinds, [kind, listKind], older && index === 0);
    }
  }
  return taken;
}

function add({ byAnybody, byOlder }: Taken, names: readonly (string | undefined)[], older: boolean): void {
  for (const name of names) {
    if (!name) continue;
    byAnybody.add(name);
    if (older) byOlder.add(name);
  }
}

function isOlder({ metadata: one }: Definition, { metadata: other }: Definition): boolean {
  const [at, otherAt] = [one.creationTimestamp ?? "", other.creationTimestamp ?? ""];
  return at === otherAt ? one.name < other.name : at < otherAt;
}
