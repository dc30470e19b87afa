import type { ApiRequest } from "../messages.ts";
import { componentStatus } from "./component_status.ts";
import { controllers } from "./controllers.ts";
import type { Measured } from "./measured.ts";
import { nodeMetrics } from "./node_metrics.ts";
import { podMetrics } from "./pod_metrics.ts";
import { customMetrics, externalMetrics } from "./set_metrics.ts";

/** Who answers a request for what is measured; undefined when it is for something else. */
export function measuredAt({ group, version, resource }: ApiRequest): Measured | undefined {
  // Their resources are the objects and the metrics of others.
  for (const each of [customMetrics, externalMetrics]) {
    if (each.kind.group === group && each.kind.version === version) return each;
  }
  return [podMetrics, nodeMetrics, controllers, componentStatus].find(
    ({ kind }) => kind.group === group && kind.version === version && kind.plural === resource,
  );
}
