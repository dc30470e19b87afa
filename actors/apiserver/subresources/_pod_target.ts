import type { Address, Step } from "../../../runtime/mod.ts";
import { badRequest, type Status, type StatusReason, unknownFailure } from "../../api/status.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { PodTarget } from "../../network/streams.ts";
import type { Call } from "../requests/call.ts";
import { type Found, findItem } from "../requests/get.ts";
import { existing } from "../requests/write_object.ts";
import type { Server } from "../server.ts";
import type { Failure, Refusal } from "../streams/kubelet_streams.ts";

/** A pod that runs, or will, on a node, and one of its containers. */
export interface Place {
  readonly kubelet: Address;
  readonly target: PodTarget;
  /** The kubelet's address as an error names it. */
  readonly host: string;
}

const kubeletPort = 10_250;

/** Finds the pod that a request is about. */
export function findPod(server: Server, call: Call, step: Step, done: Found<Frozen<Pod>>) {
  findItem(server, call, step, (found, later) => {
    done(found.ok ? ok(existing(call, found.value) as Frozen<Pod>) : found, later);
  });
}

/** The container that is meant: the named one, or the pod's only one. */
export function containerOf({ metadata, spec }: Frozen<Pod>, name: string): Result<string, Status> {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec;
  const names = [...initContainers, ...containers, ...ephemeralContainers].map((each) => each.name);
  const pod = metadata.name;
  if (name !== "") {
    return names.includes(name) ? ok(name) : failed(badRequest(`container ${name} is not valid for pod ${pod}`));
  }
  const [only, ...others] = containers;
  if (only && others.length === 0) return ok(only.name);
  const why = `a container name must be specified for pod ${pod}, choose one of: [${names.join(" ")}]`;
  return failed(badRequest(why));
}

/** Where a pod's kubelet is; undefined while the pod has no node, or where no kubelets can be reached. */
export function placeOf({ input }: Server, pod: Frozen<Pod>, container: string): Place | undefined {
  const { metadata, spec, status } = pod;
  if (!spec.nodeName || input.kubelets === undefined) return undefined;
  const { namespace = "", name, uid = "" } = metadata;
  return {
    kubelet: `${input.kubelets}${spec.nodeName}`,
    target: { namespace, pod: name, uid, container },
    host: `${status.hostIP ?? spec.nodeName}:${kubeletPort}`,
  };
}

/** The pod has no node, and so nobody to speak with. */
export function hasNoHost(pod: Frozen<Pod>): Status {
  return badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
}

/** What Go says of a connection that could not be made. */
export function dialError(host: string, { failed }: Failure): string {
  const cause = failed === "timeout" ? "i/o timeout" : "connect: connection refused";
  return `dial tcp ${host}: ${cause}`;
}

/** A kubelet's refusal as a Status. */
export function refusalStatus({ code, reason, message }: Refusal): Status {
  // A kubelet's reasons are Kubernetes' own.
  const known = reason as StatusReason;
  return unknownFailure(message, { code, reason: known });
}

/** A kubelet that cannot be asked as a Status: what Kubernetes makes of an error that it has no reason for. */
export function unreachableStatus(request: string, failure: Failure, { host }: Place): Status {
  return unknownFailure(`${request}: ${dialError(host, failure)}`);
}
