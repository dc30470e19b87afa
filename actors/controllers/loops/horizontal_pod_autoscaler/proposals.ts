import type { MetricSpec, MetricStatus, MetricTarget } from "kubernetes-types/autoscaling/v2.js";
import { canonicalQuantity, millisOf } from "../../../api/quantity.ts";
import type { Frozen } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import type { Reading } from "./metric_reads.ts";
import {
  type Proposal,
  replicasByAverage,
  replicasByShare,
  replicasByUtilization,
  replicasByValue,
  type Target,
} from "./replicas.ts";

/** What one metric asks for. */
export interface MetricProposal {
  readonly replicas: number;
  /** As events name it: `cpu resource utilization (percentage of request)`. */
  readonly name: string;
  readonly status: MetricStatus;
}

/** Why a metric asks for nothing. */
export interface MetricFailure {
  /** `FailedGetResourceMetric`. */
  readonly reason: string;
  /** What its condition and its event say. */
  readonly message: string;
  /** What is said of it when all metrics are counted. */
  readonly summary: string;
}

type Spec = Frozen<MetricSpec>;
type Wanted = Frozen<MetricTarget>;

/** The number of replicas that one metric asks for, in the words of Kubernetes' horizontal controller. */
export function proposalOf(
  spec: Spec,
  target: Target,
  reading: Result<Reading, string>,
): Result<MetricProposal, MetricFailure> {
  const { resource, containerResource, pods, object, external } = spec;
  if (resource) return ofResource(spec, { target, reading, resource: resource.name, wanted: resource.target });
  if (containerResource) {
    const { name, container, target: wanted } = containerResource;
    return ofResource(spec, { target, reading, resource: name, container, wanted });
  }
  if (pods) {
    const { metric, target: wanted } = pods;
    const fail = failing("FailedGetPodsMetric", "failed to get pods metric value");
    if (!reading.ok) return fail(`unable to get metric ${metric.name}: ${reading.failure}`);
    const asked = { resource: "", wanted: millisOf(wanted.averageValue) };
    const proposal = replicasByAverage(target, asked, reading.value.pods);
    if (!proposal.ok) return fail(proposal.failure);
    const current = { averageValue: quantity(proposal.value.usage) };
    return proposed(proposal.value, `pods metric ${metric.name}`, { type: "Pods", pods: { metric, current } as never });
  }
  if (object) {
    const { metric, describedObject, target: wanted } = object;
    const fail = failing("FailedGetObjectMetric", "failed to get object metric value");
    if (!reading.ok) return fail(`unable to get metric ${metric.name}: ${describedObject.kind} on ${reading.failure}`);
    const { proposal, current } = shared(target, wanted, reading.value);
    const name = `${describedObject.kind} metric ${metric.name}`;
    return proposed(proposal, name, { type: "Object", object: { metric, describedObject, current } as never });
  }
  if (external) {
    const { metric, target: wanted } = external;
    const fail = failing("FailedGetExternalMetric", `failed to get ${metric.name} external metric`);
    if (!reading.ok) return fail(`unable to get external metric ${metric.name}: ${reading.failure}`);
    const { proposal, current } = shared(target, wanted, reading.value);
    const name = `external metric ${metric.name}(${metric.selector ? JSON.stringify(metric.selector) : "nil"})`;
    return proposed(proposal, name, { type: "External", external: { metric, current } as never });
  }
  return failing(
    "InvalidMetricSourceType",
    "invalid metric",
  )(`unknown metric source type ${JSON.stringify(spec.type)}`);
}

interface ResourceQuestion {
  readonly target: Target;
  readonly reading: Result<Reading, string>;
  readonly resource: string;
  readonly container?: string;
  readonly wanted: Wanted;
}

function ofResource(spec: Spec, { target, reading, resource, container = "", wanted }: ResourceQuestion) {
  const isOfContainer = spec.containerResource !== undefined;
  const reason = isOfContainer ? "FailedGetContainerResourceMetric" : "FailedGetResourceMetric";
  const what = isOfContainer ? "container" : "resource";
  const fail = failing(reason, `failed to get ${resource} ${what} metric value`);
  const { averageValue, averageUtilization: utilization } = wanted;
  const verb = averageValue === undefined ? "utilization" : "usage";
  if (!reading.ok)
    return fail(
      `failed to get ${resource} ${verb}: unable to get metrics for resource ${resource}: ${reading.failure}`,
    );
  if (averageValue === undefined && utilization === undefined) {
    return fail(
      `invalid ${what} metric source: neither an average utilization target nor an average value (usage) target was set`,
    );
  }
  const proposal =
    averageValue === undefined
      ? replicasByUtilization(target, { resource, container, utilization: utilization ?? 0 }, reading.value.pods)
      : replicasByAverage(target, { resource, wanted: millisOf(averageValue) }, reading.value.pods);
  if (!proposal.ok) return fail(`failed to get ${resource} ${verb}: ${proposal.failure}`);
  const { usage, utilization: used } = proposal.value;
  const current = { ...(used !== undefined && { averageUtilization: used }), averageValue: quantity(usage) };
  const kind = isOfContainer ? `${resource} container resource` : `${resource} resource`;
  const name = averageValue === undefined ? `${kind} utilization (percentage of request)` : kind;
  const status = isOfContainer
    ? { type: "ContainerResource", containerResource: { name: resource, container, current } }
    : { type: "Resource", resource: { name: resource, current } };
  return proposed(proposal.value, name, status);
}

/** One value for all pods: it is to be so much, or its share of each pod. */
function shared(target: Target, { value, averageValue }: Wanted, reading: Reading) {
  if (averageValue === undefined) {
    const proposal = replicasByValue(target, reading.value, millisOf(value));
    return { proposal, current: { value: quantity(proposal.usage) } };
  }
  const proposal = replicasByShare(target, reading.value, millisOf(averageValue));
  return { proposal, current: { averageValue: quantity(proposal.usage) } };
}

function proposed({ replicas }: Proposal, name: string, status: MetricStatus): Result<MetricProposal, MetricFailure> {
  return ok({ replicas, name, status });
}

function failing(reason: string, what: string) {
  return (message: string): Result<MetricProposal, MetricFailure> =>
    failed({ reason, message, summary: `${what}: ${message}` });
}

/** Thousandths as a quantity. */
function quantity(millis: number): string {
  return canonicalQuantity(`${Math.trunc(millis)}m`);
}
