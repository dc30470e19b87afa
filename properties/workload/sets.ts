import { type DaemonSet, daemonSet } from "../../actors/api/kinds/daemon_set.ts";
import { persistentVolumeClaim } from "../../actors/api/kinds/persistent_volume_claim.ts";
import { type StatefulSet, statefulSet } from "../../actors/api/kinds/stateful_set.ts";
import type { ApiClient } from "../../actors/client/api_client.ts";
import type { Kind } from "../../actors/client/api_request.ts";
import type { Then } from "../../actors/client/outcome.ts";
import { present } from "../../actors/kit/present.ts";
import type { Step } from "../../runtime/mod.ts";
import type { SetCommand, SetKind } from "./command.ts";
import { podSpec } from "./manifests.ts";

const namespace = "default";
/** The name of the claims of a StatefulSet's pods, before that of the pod. */
export const claimTemplate = "data";
const kinds: Readonly<Record<SetKind, Kind>> = { StatefulSet: statefulSet, DaemonSet: daemonSet };

/** What asks for a command on a set, and who hears what came of it. */
export interface SetTask {
  readonly client: ApiClient;
  readonly command: SetCommand;
  readonly then: Then<unknown>;
}

/** Carries out what a user does with a StatefulSet or a DaemonSet. */
export function issueSet({ client, command, then }: SetTask, step: Step) {
  const { name } = command;
  switch (command.op) {
    case "createSet": {
      const kind = kinds[command.set];
      return client.create(step, { kind, namespace, object: setOf(command) }, then);
    }
    case "scaleSet":
      return client.patch(
        step,
        { kind: statefulSet, namespace, name, patch: { spec: { replicas: command.replicas } } },
        then,
      );
    case "deleteClaim":
      return client.remove(step, { kind: persistentVolumeClaim, namespace, name }, then);
    case "setImageOfSet": {
      const containers = [{ name: "main", image: command.image }];
      const patch = { spec: { template: { spec: { containers } } } };
      return client.patch(step, { kind: kinds[command.set], namespace, name, patch }, then);
    }
  }
}

function setOf(command: SetCommand & { readonly op: "createSet" }): StatefulSet | DaemonSet {
  const { set, name, replicas, parallel = false, surges = false, claims = false, share = 1 } = command;
  const labels = { app: name };
  // Pods with rented volumes have to be where these are, also when others have filled the only node there.
  const light = command.storageClass === undefined ? {} : { cpuMillis: 0 };
  const template = { metadata: { labels }, spec: podSpec({ ...command, ...light }) };
  const common = { apiVersion: "apps/v1", kind: set, metadata: { name, namespace } };
  const selector = { matchLabels: labels };
  if (set === "StatefulSet") {
    const podManagementPolicy = parallel ? "Parallel" : "OrderedReady";
    const storage = {
      ...{ resources: { requests: { storage: "1Gi" } }, accessModes: ["ReadWriteOnce"] },
      ...present({ storageClassName: command.storageClass }),
    };
    const volumeClaimTemplates = [{ metadata: { name: claimTemplate }, spec: storage }];
    const spec = {
      ...{ replicas, serviceName: name, podManagementPolicy, selector, template },
      ...(claims && { volumeClaimTemplates }),
      ...(command.start === undefined ? {} : { ordinals: { start: command.start } }),
      ...(command.partition === undefined
        ? {}
        : { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: command.partition } } }),
    };
    return { ...common, spec, status: { replicas: 0 } };
  }
  const rollingUpdate = surges ? { maxSurge: share, maxUnavailable: 0 } : { maxUnavailable: share };
  const counts = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
  return {
    ...common,
    spec: { selector, template, updateStrategy: { type: "RollingUpdate", rollingUpdate } },
    status: counts,
  };
}
