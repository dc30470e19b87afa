/** Patches of all kinds with the objects that they are worst for: what `patches_test.ts` measures. */

import { structShape } from "../../actors/api/apply/kind_shape.ts";
import { applyWithLastApplied } from "../../actors/api/apply/last_applied.ts";
import { packManagers } from "../../actors/api/apply/packed.ts";
import { trackUpdate } from "../../actors/api/apply/track.ts";
import { typedConfigError } from "../../actors/api/apply/typed_config.ts";
import { createStrategicMergePatch } from "../../actors/api/strategic_merge_diff.ts";
import type { Fields, Frozen, KubeObject } from "../../actors/api/types.ts";
import { readPatch } from "../../actors/apiserver/requests/patch_document.ts";

/** What a patch comes as. */
export type PatchType = "json" | "merge" | "strategic" | "apply";

/** A patch and what it is applied to. */
export interface PatchedPod {
  readonly live: Frozen<KubeObject>;
  readonly body: string;
}

/** A kind of hostile patch, of any size. */
export interface WorstPatch {
  readonly name: string;
  readonly types: readonly PatchType[];
  /** Of so many items. */
  make(size: number): PatchedPod;
}

const schema = "io.k8s.api.core.v1.Pod";
const contentTypes = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

/** Does all that a server does with a patch before what it made is validated. */
export function patchPod(type: PatchType, { live, body }: PatchedPod): void {
  const read = readPatch({ contentType: contentTypes[type], body });
  if (!read.ok) return;
  const document = read.value;
  const shape = structShape(schema);
  const convert = (object: Fields) => ({ object, shape });
  const writer = { manager: "m", apiVersion: "v1", seconds: 0, shape, reset: {}, convert };
  const fields = live as unknown as Fields;
  const managers = trackUpdate(new Map(), { live: {}, now: fields }, { ...writer, manager: "other" });
  if (document.config !== undefined) {
    const { config } = document;
    if (typedConfigError(config, shape) !== undefined) return;
    const applied = applyWithLastApplied({ live: fields, zero: {}, config, managers, force: true }, writer);
    if (applied.ok) packManagers(applied.value.managers);
    return;
  }
  const made = document.patched(live, schema);
  if (!made.ok) return;
  packManagers(trackUpdate(managers, { live: fields, now: made.value }, writer));
  // What a component sends for the same change.
  if (type === "strategic") createStrategicMergePatch(live, { modified: made.value, schema });
}

const times = <Item>(size: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: size }, (_none, index) => item(index));
const head = { apiVersion: "v1", kind: "Pod" } as const;

function pod(metadata: Fields, spec: Fields = {}): Fields {
  return { ...head, metadata: { name: "p", ...metadata }, spec };
}

function pair(live: Fields, patch: unknown): PatchedPod {
  return { live: live as unknown as Frozen<KubeObject>, body: JSON.stringify(patch) };
}

/** The same as one container's field. */
function inContainer(field: string, was: unknown, is: unknown): PatchedPod {
  const spec = (value: unknown) => ({ containers: [{ name: "c", [field]: value }] });
  return pair(pod({}, spec(was)), pod({}, spec(is)));
}

/** An object whose fields somebody has applied before. */
function withOwners(object: Fields, fieldsV1: Fields): Fields {
  const entry = { manager: "m", operation: "Apply", fieldsType: "FieldsV1", fieldsV1 };
  const { metadata } = object as { metadata: Fields };
  return { ...object, metadata: { ...metadata, managedFields: [entry, { ...entry, manager: "other" }] } };
}

const merging: readonly PatchType[] = ["merge", "strategic", "apply"];
const variable = (index: number) => ({ name: `V${index}`, value: "x" });
const labels = (size: number) => Object.fromEntries(times(size, (index) => [`l${index}`, "x"]));

/** What has taken quadratic time, or would in a simpler implementation. */
export const worstPatches: readonly WorstPatch[] = [
  {
    name: "many labels over many others",
    types: merging,
    make: (size) => pair(pod({ labels: labels(size) }), pod({ labels: { ...labels(size), again: "x" } })),
  },
  {
    name: "many labels taken away",
    types: ["merge", "strategic"],
    make: (size) =>
      pair(pod({ labels: labels(size) }), {
        metadata: { labels: Object.fromEntries(times(size, (i) => [`l${i}`, null])) },
      }),
  },
  {
    name: "a list's items merged one by one, backwards",
    types: merging,
    make: (size) => inContainer("env", times(size, variable), times(size, variable).reverse()),
  },
  {
    name: "one item again and again, in the object and in the patch",
    types: merging,
    make: (size) =>
      inContainer(
        "env",
        times(size, () => variable(0)),
        times(size, () => variable(0)),
      ),
  },
  {
    name: "one item again and again in the object, and once in the patch",
    types: merging,
    make: (size) =>
      inContainer(
        "env",
        times(size, () => variable(0)),
        [variable(0)],
      ),
  },
  {
    name: "items told apart by two keys",
    types: merging,
    make(size) {
      const ports = times(size, (index) => ({ containerPort: index % 65_535, protocol: `P${index}` }));
      return inContainer("ports", ports, ports.toReversed());
    },
  },
  {
    name: "a set of many values over another",
    types: merging,
    make: (size) =>
      pair(
        pod({ finalizers: times(size, (index) => `a/${index}`) }),
        pod({ finalizers: times(size, (index) => `a/${index + size / 2}`) }),
      ),
  },
  {
    name: "a set of one value again and again",
    types: merging,
    make: (size) => pair(pod({ finalizers: times(size, () => "a/b") }), pod({ finalizers: times(size, () => "a/b") })),
  },
  {
    name: "items deleted, one by one",
    types: ["strategic"],
    make: (size) =>
      inContainer(
        "env",
        times(size, variable),
        times(size, (index) => ({ name: `V${index}`, $patch: "delete" })),
      ),
  },
  {
    name: "an order of all items",
    types: ["strategic"],
    make: (size) =>
      pair(pod({}, { containers: [{ name: "c", env: times(size, variable) }] }), {
        spec: {
          containers: [
            { name: "c", "$setElementOrder/env": times(size, (index) => ({ name: `V${size - index}` })), env: [] },
          ],
        },
      }),
  },
  {
    name: "values deleted from a set",
    types: ["strategic"],
    make(size) {
      const finalizers = times(size, (index) => `a/${index}`);
      const metadata = { "$deleteFromPrimitiveList/finalizers": finalizers, "$setElementOrder/finalizers": finalizers };
      return pair(pod({ finalizers }), { metadata });
    },
  },
  {
    name: "directives for many fields",
    types: ["strategic"],
    make: (size) =>
      pair(pod({}), {
        spec: Object.fromEntries(times(size, (index) => [`$setElementOrder/f${index}`, []])),
      }),
  },
  {
    name: "keys that are kept",
    types: ["strategic"],
    make: (size) =>
      pair(pod({ labels: labels(size) }), { metadata: { labels: { $retainKeys: Object.keys(labels(size)) } } }),
  },
  {
    name: "fields that the schema does not have",
    types: merging,
    make: (size) => pair(pod({}), pod({}, labels(size))),
  },
  {
    name: "fields applied before, and not now",
    types: ["apply"],
    make(size) {
      const owned = Object.fromEntries(times(size, (index) => [`f:l${index}`, {}]));
      const live = withOwners(pod({ labels: labels(size) }), { "f:metadata": { "f:labels": owned } });
      return pair(live, pod({ labels: { one: "x" } }));
    },
  },
  {
    name: "items applied before, all of one name",
    types: ["apply"],
    make(size) {
      const env = { 'k:{"name":"V0"}': { ".": {}, "f:name": {}, "f:value": {} } };
      const containers = { 'k:{"name":"c"}': { ".": {}, "f:name": {}, "f:env": env } };
      const all = times(size, () => variable(0));
      const live = withOwners(pod({}, { containers: [{ name: "c", env: all }] }), {
        "f:spec": { "f:containers": containers },
      });
      return pair(live, pod({}, { containers: [{ name: "c", env: [variable(1)] }] }));
    },
  },
  {
    name: "many small operations",
    types: ["json"],
    make: (size) =>
      pair(
        pod({ labels: labels(size) }),
        times(size, (index) => ({ op: "replace", path: `/metadata/labels/l${index}`, value: "y" })),
      ),
  },
  {
    name: "items put before all others",
    types: ["json"],
    make: (size) =>
      pair(
        pod({}, { containers: times(size, variable) }),
        times(size, (index) => ({ op: "add", path: "/spec/containers/0", value: variable(index) })),
      ),
  },
];
