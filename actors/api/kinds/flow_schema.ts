import type { FlowSchemaSpec, FlowSchemaStatus } from "kubernetes-types/flowcontrol/v1.js";
import { addErrors, type FieldError, invalid, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { flowConditionErrors, validateFlowRules } from "../validation/flow_schema_spec.ts";
import { mandatorySchemaErrors } from "../validation/mandatory_flows.ts";
import { keepMetadataForStatus } from "../validation/metadata.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";

/** Which requests are of which priority. */
export interface FlowSchema extends KubeObject {
  spec: FlowSchemaSpec;
  status: FlowSchemaStatus;
}

const precedence = 1_000;
const precedenceMax = 10_000;

/** FlowSchemas: which requests go under which priority. */
export const flowSchema = nameKind<FlowSchema>({
  group: "flowcontrol.apiserver.k8s.io",
  kind: "FlowSchema",
  plural: "flowschemas",
  namespaced: false,
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const flowSchemaRules = /* @__PURE__ */ withRules(flowSchema, {
  schema: "io.k8s.api.flowcontrol.v1.FlowSchema",

  applyDefaults({ spec }) {
    spec.matchingPrecedence ||= precedence;
  },

  prepareForStatusUpdate: (draft, old) => keepMetadataForStatus(draft, old),

  validate({ metadata, spec }) {
    const errors: FieldError[] = [];
    const { matchingPrecedence: rank = 0 } = spec;
    if (rank < 1) errors.push(invalid("spec.matchingPrecedence", rank, "must be a positive value"));
    if (rank > precedenceMax) {
      errors.push(invalid("spec.matchingPrecedence", rank, `must not be greater than ${precedenceMax}`));
    }
    if (rank === 1 && metadata.name !== "exempt") {
      const text = "only the schema named 'exempt' may have matchingPrecedence 1";
      errors.push(invalid("spec.matchingPrecedence", rank, text));
    }
    if (!spec.priorityLevelConfiguration?.name) {
      errors.push(required("spec.priorityLevelConfiguration.name", "must reference a priority level"));
    } else {
      const { name } = spec.priorityLevelConfiguration;
      for (const text of dnsSubdomainErrors(name))
        errors.push(invalid("spec.priorityLevelConfiguration.name", name, text));
    }
    addErrors(errors, validateFlowRules(spec));
    addErrors(errors, mandatorySchemaErrors(metadata.name, spec));
    return errors;
  },
  validateStatusUpdate: ({ status }) => flowConditionErrors(status?.conditions),
});
