/**
 * Who applied which fields, as `metadata.managedFields` keeps it: what an applier does not apply any more goes. Only
 * appliers are remembered, and those that change a field by other means take it from them.
 */
import { present } from "../../kit/present.ts";
import { type Fields, type Frozen, jsonEqual, type KubeObject, type ObjectMeta } from "../types.ts";
import { applyMerge } from "./apply_merge.ts";
import { appliedFields, type FieldSet, withoutChanged, withoutFields } from "./field_set.ts";

type Entry = NonNullable<ObjectMeta["managedFields"]>[number];

/** Who applies. */
export interface Applier {
  readonly manager: string;
  /** Default: the object itself. */
  readonly subresource?: "status";
  readonly schema: string;
}

function isBy(entry: Frozen<Entry>, { manager, subresource }: Applier): boolean {
  return entry.operation === "Apply" && entry.manager === manager && entry.subresource === subresource;
}

// What is stored was made by `appliedFields`, and clients' own entries are never taken.
const fieldsIn = ({ fieldsV1 }: Frozen<Entry>): FieldSet => (fieldsV1 ?? {}) as FieldSet;

/** The object that an apply makes of `live`: merged, without what its applier applied before and does not now. */
export function applyConfig(live: Frozen<KubeObject>, config: Fields, applier: Applier): Fields {
  const { schema } = applier;
  const entries = live.metadata.managedFields ?? [];
  const before = entries.find((entry) => isBy(entry, applier));
  const others = entries.filter((each) => !isBy(each, applier));
  const merged = applyMerge(live as unknown as Fields, { config, schema });
  const kept = [fieldsOf(config, applier), ...others.map(fieldsIn)];
  return before === undefined ? merged : withoutFields(merged, { left: fieldsIn(before), kept, schema });
}

/** The entries of an object that was changed by other means, or by another applier: without what was changed. */
export function keptEntries(
  before: Frozen<KubeObject>,
  { after, schema }: { after: Frozen<KubeObject>; schema: string },
): Entry[] {
  return (before.metadata.managedFields ?? []).flatMap((entry) => {
    const left = withoutChanged(fieldsIn(entry as Entry), { before, after, schema });
    return left === undefined ? [] : [{ ...entry, fieldsV1: left } as Entry];
  });
}

/** The entries of an object after an apply made `after` of `before`. */
export function appliedEntries(
  before: Frozen<KubeObject> | undefined,
  { after, config, applier, time }: { after: Frozen<KubeObject>; config: Fields; applier: Applier; time: string },
): Entry[] {
  const { schema, manager, subresource } = applier;
  const entry: Entry = {
    manager,
    operation: "Apply",
    apiVersion: String(config.apiVersion),
    time,
    fieldsType: "FieldsV1",
    fieldsV1: fieldsOf(config, applier),
    ...present({ subresource }),
  };
  const same = before?.metadata.managedFields?.find((each) => isBy(each, applier));
  // An apply that says what it said is not written for the time alone.
  const isSame = same !== undefined && jsonEqual(same.fieldsV1, entry.fieldsV1);
  const others = before === undefined ? [] : keptEntries(before, { after, schema });
  return [...others.filter((each) => !isBy(each, applier)), isSame ? { ...entry, time: same.time as string } : entry];
}

/** What an applier has: of the object all but its status, or of that alone. */
function fieldsOf(config: Fields, { subresource, schema }: Applier): FieldSet {
  const { "f:status": status, ...fields } = appliedFields(config, schema);
  if (subresource === undefined) return fields;
  return status === undefined ? {} : { "f:status": status };
}
