import type {
  HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerStatus,
  HPAScalingRules,
} from "kubernetes-types/autoscaling/v2.js";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateAutoscalerSpec } from "../validation/metrics.ts";
import { countErrors } from "../validation/workload_status.ts";

/** A number of replicas that follows what is measured. */
export interface HorizontalPodAutoscaler extends KubeObject {
  spec: HorizontalPodAutoscalerSpec;
  status: HorizontalPodAutoscalerStatus;
}

const utilizationPercent = 80;

/** HorizontalPodAutoscalers: workloads that grow and shrink with their load. */
export const horizontalPodAutoscaler = nameKind<HorizontalPodAutoscaler>({
  group: "autoscaling",
  version: "v2",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  shortNames: ["hpa"],
  categories: ["all"],
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const horizontalPodAutoscalerRules = /* @__PURE__ */ withRules(horizontalPodAutoscaler, {
  schema: "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
  countsGenerations: false,

  applyDefaults({ spec }) {
    spec.minReplicas ??= 1;
    if (spec.metrics === undefined || spec.metrics.length === 0) {
      const target = { type: "Utilization", averageUtilization: utilizationPercent };
      spec.metrics = [{ type: "Resource", resource: { name: "cpu", target } }];
    }
    const { behavior } = spec;
    if (behavior === undefined) return;
    behavior.scaleUp = filled(behavior.scaleUp, {
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [
        { type: "Pods", value: 4, periodSeconds: 15 },
        { type: "Percent", value: 100, periodSeconds: 15 },
      ],
    });
    behavior.scaleDown = filled(behavior.scaleDown, {
      selectPolicy: "Max",
      policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
    });
  },

  prepareForCreate(draft) {
    draft.status = { desiredReplicas: 0, currentMetrics: null } as unknown as HorizontalPodAutoscalerStatus;
  },

  validate: ({ spec }) => validateAutoscalerSpec(spec, "spec"),
  validateStatusUpdate: ({ status }) => countErrors(status, ["currentReplicas", "desiredReplicas"]),
});

function filled(rules: HPAScalingRules | undefined, defaults: HPAScalingRules): HPAScalingRules {
  return { ...defaults, ...rules };
}
