import { type HorizontalPodAutoscalerV1, toAutoscalerV1, toAutoscalerV2 } from "../autoscaler_conversion.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen } from "../types.ts";
import { validateAutoscalerSpec } from "../validation/metrics.ts";
import { countErrors } from "../validation/workload_status.ts";
import { type HorizontalPodAutoscaler, horizontalPodAutoscaler } from "./horizontal_pod_autoscaler.ts";

/** HorizontalPodAutoscalers in their first version, over the same storage. */
export const horizontalPodAutoscalerV1 = nameKind<HorizontalPodAutoscalerV1>({
  group: "autoscaling",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  shortNames: ["hpa"],
  categories: ["all"],
  storagePrefix: horizontalPodAutoscaler.storagePrefix,
  storageVersion: horizontalPodAutoscaler.storageVersion,
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const horizontalPodAutoscalerV1Rules = /* @__PURE__ */ withRules(horizontalPodAutoscalerV1, {
  schema: "io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler",
  countsGenerations: false,

  applyDefaults({ spec }) {
    spec.minReplicas ??= 1;
  },

  prepareForCreate(draft) {
    draft.status = { currentReplicas: 0, desiredReplicas: 0 };
  },

  validate: (object) => validateAutoscalerSpec(toAutoscalerV2(object).spec, "spec"),
  validateStatusUpdate: ({ status }) => countErrors(status, ["currentReplicas", "desiredReplicas"]),
  toStorage: toAutoscalerV2,
  // What is stored under this prefix is always of the second version.
  fromStorage: (object) => toAutoscalerV1(object as Frozen<HorizontalPodAutoscaler>),
});
