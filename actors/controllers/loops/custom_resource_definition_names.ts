import { type JudgedNames, judgedNames } from "../../api/custom/judged_names.ts";
import {
  type CustomResourceDefinition,
  customResourceDefinition as definitionKind,
} from "../../api/kinds/custom_resource_definition.ts";
import { type Frozen, jsonEqual } from "../../api/types.ts";
import { defineLoop, watch } from "../loop.ts";

type Definition = Frozen<CustomResourceDefinition>;

interface Difference {
  readonly definition: Definition;
  readonly others: readonly Definition[];
}

/**
 * Says of each definition whether it may have the names that it asks for, and establishes it when it may: names become
 * free when another definition goes. An API server says so at once of a definition that is new, as far as it knows the
 * others. It watches definitions, whose status it writes, and follows apiextensions-apiserver's `pkg/controller/status`.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
export const customResourceDefinitionNames = defineLoop<Definition, readonly Definition[], Difference>({
  name: "custom-resource-definition-names",
  component: "crd-naming-condition-controller",
  watches: [
    watch<CustomResourceDefinition>({
      kind: definitionKind,
      keys: ({ object }, { listers }) =>
        [...listers.of(definitionKind).values()]
          .filter(({ spec }) => spec.group === object.spec.group)
          .map(({ metadata }) => metadata.name),
    }),
  ],

  obtain: (key, listers) => listers.of(definitionKind).get(key),
  observe: (_definition, listers) => [...listers.of(definitionKind).values()],
  difference: (definition, others) => ({ definition, others }),

  reconcile({ definition, others }, { nowMs }) {
    const { acceptedNames, conditions } = judgedNames(definition, others, nowMs);
    const { status, metadata } = definition;
    const names: Partial<JudgedNames> = jsonEqual(acceptedNames, status?.acceptedNames) ? {} : { acceptedNames };
    if (names.acceptedNames === undefined && jsonEqual(conditions, status?.conditions)) return { actions: [] };
    const gone = Object.keys(status?.acceptedNames ?? {}).filter((name) => !(name in acceptedNames));
    const written = { ...acceptedNames, ...Object.fromEntries(gone.map((name) => [name, null])) };
    const patch = {
      metadata: { resourceVersion: metadata.resourceVersion },
      status: { acceptedNames: written, conditions },
    };
    const contentType = "application/merge-patch+json";
    const at = { kind: definitionKind, name: metadata.name, subresource: "status" } as const;
    return { actions: [{ op: "patch", ...at, patch, contentType, accept: ["NotFound"] }] };
  },
});
