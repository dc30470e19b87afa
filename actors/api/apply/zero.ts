/**
 * An object of a kind before anything is said of it: what Go's own types have even then, nobody comes to own by leaving it
 * so, and structs that are always there are nobody's themselves.
 */
import { definitionOf, type Field, type FieldType } from "../schema/schema.ts";
import { deepFreeze, type Fields } from "../types.ts";

const core = "io.k8s.api.core.v1.";
const apps = "io.k8s.api.apps.v1.";
const batch = "io.k8s.api.batch.v1.";
const meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const resource = "io.k8s.api.resource.v1.";

/** Structs that are there though they need not be said; those that must be said are, too. */
const structs: Readonly<Record<string, readonly string[]>> = {
  [`${apps}DaemonSetSpec`]: ["updateStrategy"],
  [`${apps}DeploymentSpec`]: ["strategy"],
  [`${apps}ReplicaSetSpec`]: ["template"],
  [`${apps}StatefulSetSpec`]: ["updateStrategy"],
  [`${batch}JobTemplateSpec`]: ["metadata", "spec"],
  [`${core}Event`]: ["source"],
  [`${core}NodeDaemonEndpoints`]: ["kubeletEndpoint"],
  [`${core}NodeStatus`]: ["daemonEndpoints", "nodeInfo"],
  [`${core}PersistentVolumeClaimSpec`]: ["resources"],
  [`${core}PodTemplate`]: ["template"],
  [`${core}PodTemplateSpec`]: ["metadata", "spec"],
  [`${core}ServiceStatus`]: ["loadBalancer"],
  [`${resource}ResourceClaimSpec`]: ["devices"],
  [`${resource}ResourceClaimTemplateSpec`]: ["metadata", "spec"],
  "io.k8s.api.events.v1.Event": ["deprecatedSource", "regarding"],
  "io.k8s.api.networking.v1.IngressStatus": ["loadBalancer"],
  "io.k8s.api.networking.v1.NetworkPolicySpec": ["podSelector"],
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus": ["acceptedNames"],
};
/** Every kind has what it has of these. */
const ofKinds = ["metadata", "spec", "status"];

const known = new Map<string, Fields>();

/** The object of a schema of which nothing is said; it is frozen. */
export function zeroObject(schema: string): Fields {
  let zero = known.get(schema);
  if (zero === undefined) {
    const isOpen = definitionOf(schema)?.open !== undefined;
    zero = isOpen ? {} : zeroOf(schema, true);
    deepFreeze(zero);
    // Those of custom resources are all alike.
    if (!isOpen) known.set(schema, zero);
  }
  return zero;
}

function zeroOf(schema: string, isKind = false): Fields {
  const definition = definitionOf(schema);
  const result: Fields = {};
  if (definition === undefined) return result;
  const always = new Set([...(structs[schema] ?? []), ...(isKind ? ofKinds : [])]);
  const zeros = new Set<Field>(definition.zeros);
  for (const field of definition.fields.values()) {
    if (always.has(field.name) || zeros.has(field)) result[field.name] = zeroValue(field.type);
  }
  return result;
}

function zeroValue(type: FieldType): unknown {
  // What nobody set of these is null.
  if (type.tag === "list" || type.tag === "map") return null;
  if (type.tag === "reference") return type.definition.startsWith(meta) ? {} : zeroOf(type.definition);
  if (type.scalar === "boolean") return false;
  if (type.scalar === "quantity") return "0";
  return type.scalar === "string" || type.scalar === "bytes" ? "" : 0;
}
