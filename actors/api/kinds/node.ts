import type { FieldError } from "../field_error.ts";
import { duplicate, forbidden, invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, Node } from "../types.ts";
import { jsonEqual } from "../types.ts";
import { cidrErrors, isOneOfEach } from "../validation/addresses.ts";
import { valueErrors } from "../validation/resources.ts";
import { validateTaints } from "../validation/taints.ts";

/** Nodes: stored under the name that they had in the beginning, minions. */
export const node = nameKind<Node>({
  kind: "Node",
  plural: "nodes",
  shortNames: ["no"],
  namespaced: false,
  storagePrefix: "/registry/minions",
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const nodeRules = /* @__PURE__ */ withRules(node, {
  schema: "io.k8s.api.core.v1.Node",
  keepsStatusOnCreate: true,
  countsGenerations: false,
  fieldSelectors: { "spec.unschedulable": ({ spec }) => String(spec.unschedulable ?? false) },

  applyDefaults({ status }) {
    if (status.capacity !== undefined) status.allocatable ??= { ...status.capacity };
  },

  validate: ({ spec, status }) => [
    // As in Kubernetes, taints are told of as if they were metadata.
    ...validateTaints(spec.taints ?? [], "metadata.taints"),
    ...amountErrors(status),
    ...validateRanges(spec.podCIDRs ?? [], "spec.podCIDRs"),
  ],

  validateUpdate(object, old) {
    return [...addressErrors(object), ...validatePodCidrs(object, old), ...validateAssigned(object, old)];
  },

  validateStatusUpdate: (object) => [...amountErrors(object.status), ...addressErrors(object)],
});

function amountErrors(status: Frozen<Node>["status"]): FieldError[] {
  return (["capacity", "allocatable"] as const).flatMap((list) =>
    Object.entries(status?.[list] ?? {}).flatMap(([name, text]) => valueErrors(name, text, `status.${list}.${name}`)),
  );
}

function addressErrors({ status }: Frozen<Node>): FieldError[] {
  const seen = new Set<string>();
  return (status.addresses ?? []).flatMap((address, index) => {
    const key = `${address.type}/${address.address}`;
    if (seen.has(key)) return [duplicate(`status.addresses[${index}]`, address)];
    seen.add(key);
    return [];
  });
}

/** A node has one range for its pods, or one of each family. */
function validateRanges(ranges: readonly string[], at: string): FieldError[] {
  const errors = ranges.flatMap((range, index) =>
    cidrErrors(range).map((text) => invalid(`${at}[${index}]`, range, text)),
  );
  if (isOneOfEach(ranges)) return errors;
  return [...errors, invalid(at, ranges, "may specify no more than one CIDR for each IP family")];
}

function validateAssigned({ spec }: Frozen<Node>, { spec: old }: Frozen<Node>): FieldError[] {
  if (!old.providerID || spec.providerID === old.providerID) return [];
  const text = 'node updates may not change providerID except from "" to valid';
  return [forbidden("spec.providerID", text)];
}

function validatePodCidrs({ spec }: Frozen<Node>, { spec: old }: Frozen<Node>): FieldError[] {
  if ((old.podCIDRs ?? []).length === 0 || jsonEqual(spec.podCIDRs, old.podCIDRs)) return [];
  return [forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid')];
}
