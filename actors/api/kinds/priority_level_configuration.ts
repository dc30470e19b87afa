import type {
  PriorityLevelConfigurationSpec,
  PriorityLevelConfigurationStatus,
} from "kubernetes-types/flowcontrol/v1.js";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { flowConditionErrors, shareErrors, validateLevel } from "../validation/flow_schema_spec.ts";
import { mandatoryLevelErrors } from "../validation/mandatory_flows.ts";
import { keepMetadataForStatus } from "../validation/metadata.ts";

/** How much of a server requests of a priority get. */
export interface PriorityLevelConfiguration extends KubeObject {
  spec: PriorityLevelConfigurationSpec;
  status: PriorityLevelConfigurationStatus;
}

/** PriorityLevelConfigurations: how requests of a priority share a server. */
export const priorityLevelConfiguration = nameKind<PriorityLevelConfiguration>({
  group: "flowcontrol.apiserver.k8s.io",
  kind: "PriorityLevelConfiguration",
  plural: "prioritylevelconfigurations",
  namespaced: false,
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const priorityLevelConfigurationRules = /* @__PURE__ */ withRules(priorityLevelConfiguration, {
  schema: "io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration",

  applyDefaults({ spec }) {
    if (spec.exempt !== undefined) {
      spec.exempt.nominalConcurrencyShares ??= 0;
      spec.exempt.lendablePercent ??= 0;
    }
    if (spec.limited === undefined) return;
    spec.limited.nominalConcurrencyShares ??= 30;
    spec.limited.lendablePercent ??= 0;
    const { limitResponse } = spec.limited;
    if (limitResponse?.type !== "Queue") return;
    limitResponse.queuing ??= {};
    limitResponse.queuing.queues ||= 64;
    limitResponse.queuing.handSize ||= 8;
    limitResponse.queuing.queueLengthLimit ||= 50;
  },

  prepareForStatusUpdate: (draft, old) => keepMetadataForStatus(draft, old),

  validate({ metadata, spec }) {
    const errors: FieldError[] = [];
    const { type = "", limited, exempt } = spec;
    if ((metadata.name === "exempt") !== (type === "Exempt"))
      errors.push(invalid("spec.type", type, "type must be 'Exempt' if and only if name is 'exempt'"));
    if (type === "Exempt") {
      if (limited !== undefined) errors.push(forbidden("spec.limited", "must be nil if the type is not Limited"));
      addErrors(errors, shareErrors(exempt, "spec.exempt"));
    } else if (type === "Limited") {
      if (exempt !== undefined) errors.push(forbidden("spec.exempt", "must be nil if the type is Limited"));
      if (limited === undefined) errors.push(required("spec.limited", "must not be empty when type is Limited"));
    } else errors.push(notSupported("spec.type", type, ["Exempt", "Limited"]));
    if (type === "Limited") addErrors(errors, validateLevel(spec));
    addErrors(errors, mandatoryLevelErrors(metadata.name, spec));
    return errors;
  },
  validateStatusUpdate: ({ status }) => flowConditionErrors(status?.conditions),
});
