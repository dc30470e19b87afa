import { typeErrors, type VariableTypes } from "../../api/cel/type_check.ts";
import { judgedNames } from "../../api/custom/judged_names.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { groupVersionOf } from "../../api/kind.ts";
import { type CustomResourceDefinition, customResourceDefinition } from "../../api/kinds/custom_resource_definition.ts";
import {
  type ValidatingAdmissionPolicy,
  validatingAdmissionPolicy,
} from "../../api/kinds/validating_admission_policy.ts";
import type { FieldType } from "../../api/schema/schema.ts";
import type { Frozen } from "../../api/types.ts";
import type { Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import type { Draft } from "./call.ts";

/** Of so many kinds the types are looked at, as in Kubernetes. */
const kindsMax = 10;

/** Of which kind an object is, and when it is taken. */
interface Deriving {
  readonly kind: KindDefinition;
  readonly nowMs: number;
}

/** The definitions that a server knows, but for one. */
function definitionsOf({ caches }: Server, { metadata }: CustomResourceDefinition) {
  const items = [...(caches.get(customResourceDefinition.storagePrefix)?.items.values() ?? [])];
  return items
    .map((item) => objectOf(item) as Frozen<CustomResourceDefinition>)
    .filter(({ metadata: { name } }) => name !== metadata.name);
}

/** Fills in what an object's status says of its own spec, where this server tells it as it takes the object. */
export function deriveStatus(server: Server, { kind, nowMs }: Deriving, draft: Draft): void {
  if (kind.plural === customResourceDefinition.plural && kind.group === customResourceDefinition.group) {
    const definition = draft as unknown as CustomResourceDefinition;
    Object.assign(definition.status, judgedNames(definition, definitionsOf(server, definition), nowMs));
  }
  if (kind.plural !== validatingAdmissionPolicy.plural || kind.group !== validatingAdmissionPolicy.group) return;
  const policy = draft as unknown as ValidatingAdmissionPolicy;
  const { generation } = policy.metadata;
  if (generation === undefined || policy.status?.observedGeneration === generation) return;
  const warnings = warningsOf(server, policy);
  const typeChecking = warnings.length > 0 ? { expressionWarnings: warnings } : {};
  policy.status = { ...policy.status, observedGeneration: generation, typeChecking };
}

interface Named {
  readonly fieldRef: string;
  readonly expression: string | undefined;
}

/** What is amiss with the types of a policy's expressions for each kind that it names. */
function warningsOf(server: Server, policy: ValidatingAdmissionPolicy) {
  const kinds = kindsOf(server, policy);
  const expressions = (policy.spec.validations ?? []).flatMap(({ expression, messageExpression }, index): Named[] => [
    { fieldRef: `spec.validations[${index}].expression`, expression },
    { fieldRef: `spec.validations[${index}].messageExpression`, expression: messageExpression },
  ]);
  const { paramKind } = policy.spec;
  const params = paramKind && server.served.stored.byObject({ apiVersion: "", kind: "", ...paramKind });
  return expressions.flatMap(({ fieldRef, expression }) => {
    if (expression === undefined) return [];
    const told = kinds.flatMap((kind) => {
      const wrong = typeErrors(expression, typesOf(kind, params));
      return wrong === undefined ? [] : [`${groupVersionOf(kind)}, Kind=${kind.kind}: ${wrong}\n`];
    });
    return told.length === 0 ? [] : [{ fieldRef, warning: told.join("\n") }];
  });
}

function typesOf(kind: KindDefinition, params: KindDefinition | undefined): VariableTypes {
  const type = (definition: string): FieldType => ({ tag: "reference", definition });
  const types = new Map([
    ["object", type(kind.schema)],
    ["oldObject", type(kind.schema)],
  ]);
  return params ? types.set("params", type(params.schema)) : types;
}

/** Newer than the types are: which resources a rule is about. */
interface Rule {
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
}

/** The kinds that a policy names one by one; of all, or of some that are not here, nothing is told. */
function kindsOf({ served }: Server, { spec }: ValidatingAdmissionPolicy): readonly KindDefinition[] {
  const found = new Set<KindDefinition>();
  for (const rule of (spec.matchConstraints?.resourceRules ?? []) as readonly Rule[]) {
    for (const group of rule.apiGroups ?? []) {
      for (const version of rule.apiVersions ?? []) {
        for (const plural of rule.resources ?? []) {
          const kind = served.stored.byPlural({ group, version, plural });
          if (kind && found.size < kindsMax) found.add(kind);
        }
      }
    }
  }
  return [...found];
}
