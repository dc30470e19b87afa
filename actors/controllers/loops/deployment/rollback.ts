import { deployment as deploymentKind } from "../../../api/kinds/deployment.ts";
import { podTemplateHashLabel } from "../../../api/pod.ts";
import type { Deployment, Frozen, ReplicaSet } from "../../../api/types.ts";
import type { Report } from "../../../client/report.ts";
import type { Action } from "../../plan.ts";
import { isOfTemplate, type Sets } from "./replica_sets.ts";
import { passedOn, revisionOf } from "./revision.ts";

/** What clients of old versions of the API asked a Deployment for, which is kept as an annotation: to be as it was. */
const rollbackAnnotation = "deprecated.deployment.rollback.to";

/**
 * What makes a Deployment as it was in a former revision (0: in the last one), where its annotation asks for that;
 * undefined where it does not. The request is taken off, whatever comes of it.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.0/pkg/controller/deployment/rollback.go
 */
export function rollback(deployment: Frozen<Deployment>, { newest, old }: Sets): Action | undefined {
  const asked = deployment.metadata.annotations?.[rollbackAnnotation];
  if (asked === undefined || !/^-?\d{1,18}$/.test(asked)) return undefined;
  const all = [...old, ...(newest ? [newest] : [])];
  const revision = BigInt(asked) === 0n ? lastRevision(all) : BigInt(asked);
  if (revision === undefined) return answered(deployment, warning("RevisionNotFound", "Unable to find last revision."));
  const set = all.find((each) => revisionOf(each) === revision);
  if (!set) return answered(deployment, warning("RevisionNotFound", "Unable to find the revision to rollback to."));
  const { name } = deployment.metadata;
  if (isOfTemplate(set, deployment.spec.template)) {
    const message = `The rollback revision contains the same template as current deployment "${name}"`;
    return answered(deployment, warning("TemplateUnchanged", message));
  }
  const message = `Rolled back deployment "${name}" to revision ${revision}`;
  return answered(asIn(deployment, set), { type: "Normal", reason: "DeploymentRollback", message });
}

type Told = Omit<Report, "about">;

function warning(reason: string, message: string): Told {
  return { type: "Warning", reason: `DeploymentRollback${reason}`, message };
}

/** The revision before the newest. */
function lastRevision(sets: readonly Frozen<ReplicaSet>[]): bigint | undefined {
  const [, last] = [...new Set(sets.map(revisionOf))].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  return last === 0n ? undefined : last;
}

function answered(wanted: Frozen<Deployment>, told: Told): Action {
  const { [rollbackAnnotation]: _asked, ...annotations } = wanted.metadata.annotations ?? {};
  const object = { ...wanted, metadata: { ...wanted.metadata, annotations } } as Frozen<Deployment>;
  return { op: "update", kind: deploymentKind, object, report: { about: wanted, ...told } };
}

/** The Deployment with a set's template and the annotations that it had then. */
function asIn(deployment: Frozen<Deployment>, set: Frozen<ReplicaSet>): Frozen<Deployment> {
  const { metadata = {}, ...rest } = set.spec.template ?? {};
  const { [podTemplateHashLabel]: _hash, ...labels } = metadata.labels ?? {};
  const template = { ...rest, metadata: { ...metadata, labels } };
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !passedOn(name));
  const then = Object.entries(set.metadata.annotations ?? {}).filter(([name]) => passedOn(name));
  const annotations = Object.fromEntries([...own, ...then]);
  const spec = { ...deployment.spec, template };
  const changed = { ...deployment, metadata: { ...deployment.metadata, annotations }, spec } as Frozen<Deployment>;
  return changed;
}
