import { type ConditionLike, setCondition } from "../../api/conditions.ts";
import { type FlowSchema, flowSchema as schemaKind } from "../../api/kinds/flow_schema.ts";
import {
  priorityLevelConfiguration as levelKind,
  type PriorityLevelConfiguration,
} from "../../api/kinds/priority_level_configuration.ts";
import type { Frozen } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";

type Schema = Frozen<FlowSchema>;

/**
 * Says of each FlowSchema whether it dangles: whether there is the priority level that it names.
 *
 * It watches FlowSchemas, whose status it writes, and PriorityLevelConfigurations. In Kubernetes each API server does
 * this; it follows apiserver's `pkg/util/flowcontrol/apf_controller.go`.
 *
 * @see https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#flowschema
 */
export const flowSchema = defineLoop<Schema, boolean, { readonly schema: Schema; readonly isThere: boolean }>({
  name: "flow-schema",
  component: "api-priority-and-fairness-config-consumer-v1",
  watches: [
    watch<FlowSchema>({ kind: schemaKind, keys: ({ object }) => [object.metadata.name] }),
    watch<PriorityLevelConfiguration>({
      kind: levelKind,
      keys: ({ type, object }, { listers }) =>
        type === "updated"
          ? []
          : [...listers.of(schemaKind).values()]
              .filter((schema) => levelOf(schema) === object.metadata.name)
              .map(({ metadata }) => metadata.name),
    }),
  ],

  obtain: (key, listers) => listers.of(schemaKind).get(key),
  observe: (schema, listers) => listers.of(levelKind).has(levelOf(schema)),
  difference: (schema, isThere) => ({ schema, isThere }),

  reconcile({ schema, isThere }, { nowMs }) {
    const { name } = schema.metadata;
    const before = schema.status?.conditions as readonly ConditionLike[] | undefined;
    const conditions = setCondition<ConditionLike>(before, { condition: conditionOf(schema, isThere), nowMs });
    if (conditions === before) return { actions: [] };
    const patch = { status: { conditions } };
    const contentType = "application/merge-patch+json";
    const at = { kind: schemaKind, name, subresource: "status" } as const;
    return { actions: [{ op: "patch", ...at, patch, contentType, accept: ["NotFound"] }] };
  },
});

const levelOf = ({ spec }: Schema): string => spec.priorityLevelConfiguration.name;

function conditionOf(schema: Schema, isThere: boolean): ConditionLike {
  const named = `This FlowSchema references the PriorityLevelConfiguration object named "${levelOf(schema)}"`;
  return isThere
    ? { type: "Dangling", status: "False", reason: "Found", message: `${named} and it exists` }
    : { type: "Dangling", status: "True", reason: "NotFound", message: `${named} but there is no such object` };
}
