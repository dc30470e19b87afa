import type { Step } from "../../../runtime/mod.ts";
import { nodeRules as nodeKind } from "../../api/kinds/node.ts";
import { podRules as podKind } from "../../api/kinds/pod.ts";
import { forbiddenStatus, notFound } from "../../api/status.ts";
import { type Frozen, jsonEqual, type KubeObject, type Node, type Pod, type PodStatus, thaw } from "../../api/types.ts";
import { nodeOf } from "../authorization/nodes/identity.ts";
import { groupResource } from "../requests/call.ts";
import { issuerOf } from "../tokens/claims.ts";
import { type Looked, lookUp } from "../tokens/look_up.ts";
import type { AdmissionPlugin, Admitting, Verdict } from "./_plugin.ts";
import { controlPlaneLabel, forbiddenLabels } from "./node_restriction/labels.ts";
import { mirrorPodError } from "./node_restriction/mirror_pod.ts";
import { bindingError, podError, type TokenSpec } from "./node_restriction/token_request.ts";

/** A kubelet's request, and who it is. */
interface Restricting {
  readonly admitting: Admitting;
  readonly node: string;
  readonly verdict: Verdict;
}

/** Judges it, at once or in a later step. */
type Rule = (restricting: Restricting, step: Step) => void;

/** Why it is refused, by what the request shows alone. */
type Look = (admitting: Admitting, node: string) => string | undefined;

const leaseNamespace = "kube-node-lease";

function nameOf({ call, draft }: Admitting): string {
  return call.name || draft?.metadata.name || draft?.metadata.generateName || "Unknown";
}

function conclude({ admitting, verdict }: Restricting, why: string | undefined, step: Step): void {
  if (why === undefined) verdict(undefined, step);
  else verdict(forbiddenStatus(groupResource(admitting.call), nameOf(admitting), why), step);
}

const look =
  (why: Look): Rule =>
  (restricting, step) =>
    conclude(restricting, why(restricting.admitting, restricting.node), step);

/** Goes on with a pod of the request's namespace, if there is one. */
function withPod(restricting: Restricting, { name, uid }: { name: string; uid?: string }, step: Step) {
  const { admitting } = restricting;
  return (then: (pod: Frozen<Pod>, step: Step) => void) => {
    const done: Looked<Pod> = (found, later) => {
      if (!found.ok) return restricting.verdict(found.failure, later);
      if (found.value) then(found.value, later);
      else restricting.verdict(notFound({ group: "", resource: "pods" }, name), later);
    };
    const { namespace } = admitting.call;
    const isRight = ({ metadata, spec }: Frozen<Pod>) =>
      (uid === undefined || metadata.uid === uid) && spec.nodeName === restricting.node;
    lookUp<Pod>(admitting.server, { kind: podKind, namespace, name, isRight, done }, step);
  };
}

const evictPod: Rule = (restricting, step) => {
  const { admitting, node } = restricting;
  withPod(
    restricting,
    { name: admitting.call.name },
    step,
  )((pod, later) => {
    const isOwn = pod.spec.nodeName === node;
    conclude(
      restricting,
      isOwn ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`,
      later,
    );
  });
};

const createPod: Rule = (restricting, step) => {
  const { admitting, node, verdict } = restricting;
  // A new object of the kind has been read by the kind's schema.
  const pod = admitting.draft as Pod;
  const why = mirrorPodError(node, pod);
  if (why !== undefined) return conclude(restricting, why, step);
  const uid = pod.metadata.ownerReferences?.[0]?.uid ?? "";
  const done: Looked<Node> = (found, later) => {
    if (!found.ok) return verdict(found.failure, later);
    if (!found.value) return verdict(notFound({ group: "", resource: "nodes" }, node), later);
    const known = found.value.metadata.uid ?? "";
    conclude(restricting, known === uid ? undefined : `node ${node} UID mismatch: expected ${uid} got ${known}`, later);
  };
  lookUp<Node>(admitting.server, { kind: nodeKind, name: node, done }, step);
};

const createToken: Rule = (restricting, step) => {
  const { admitting, node } = restricting;
  const spec = (admitting.draft as { readonly spec?: TokenSpec } | undefined)?.spec ?? {};
  const why = bindingError(spec);
  if (why !== undefined) return conclude(restricting, why, step);
  const { name = "", uid = "" } = spec.boundObjectRef ?? {};
  withPod(
    restricting,
    { name, uid },
    step,
  )((pod, later) => {
    conclude(restricting, podError(spec, { node, pod, issuer: issuerOf(admitting.server.input) }), later);
  });
};

const deletePod: Look = ({ old }, node) =>
  (old as Frozen<Pod> | undefined)?.spec.nodeName === node
    ? undefined
    : `node "${node}" can only delete pods with spec.nodeName set to itself`;

const updatePodStatus: Look = ({ old, draft }, node) => {
  const [before, now] = [old as Frozen<Pod>, draft as Pod];
  if (before.spec.nodeName !== node) {
    return `node "${node}" can only update pod status for pods with spec.nodeName set to itself`;
  }
  if (!jsonEqual(before.metadata.labels ?? {}, now.metadata.labels ?? {})) {
    return `node "${node}" cannot update labels through pod status`;
  }
  const claims = (status: unknown) =>
    (status as (PodStatus & { readonly resourceClaimStatuses?: unknown }) | undefined)?.resourceClaimStatuses ?? [];
  return jsonEqual(claims(before.status), claims(now.status))
    ? undefined
    : `node "${node}" cannot update resource claim statues`;
};

const writeNode: Look = (admitting, node) => {
  const name = nameOf(admitting);
  if (name !== node) return `node "${node}" is not allowed to modify node "${name}"`;
  const [before, now] = [admitting.old as Frozen<Node> | undefined, admitting.draft as Node];
  const isControlPlane = admitting.server.input.controlPlanes?.includes(node) === true;
  const labels = forbiddenLabels(before?.metadata.labels, now.metadata.labels).filter(
    (label) => !(isControlPlane && label === controlPlaneLabel),
  );
  if (!before) {
    if (labels.length === 0) return undefined;
    return `node "${node}" is not allowed to set the following labels: ${labels.join(", ")}`;
  }
  if (!jsonEqual(before.metadata.ownerReferences ?? [], now.metadata.ownerReferences ?? [])) {
    return `node "${node}" is not allowed to modify ownerReferences`;
  }
  if (!jsonEqual(before.spec.taints ?? [], now.spec.taints ?? [])) {
    return `node "${node}" is not allowed to modify taints`;
  }
  return labels.length === 0 ? undefined : `is not allowed to modify labels: ${labels.join(", ")}`;
};

/** What of a claim's status a kubelet says: how large its volume has become. */
const claimFields = ["capacity", "conditions", "allocatedResources", "allocatedResourceStatuses"];

const updateClaimStatus: Look = ({ old, draft }, node) => {
  const rest = (object: object | undefined) => {
    const { metadata, status, ...others } = thaw((object ?? {}) as Frozen<KubeObject>) as unknown as Record<
      string,
      Record<string, unknown>
    >;
    for (const field of claimFields) delete status?.[field];
    for (const field of ["resourceVersion", "managedFields"]) delete metadata?.[field];
    return { ...others, metadata, status: status ?? {} };
  };
  return jsonEqual(rest(old), rest(draft))
    ? undefined
    : `node "${node}" is not allowed to update fields other than status.capacity and status.conditions`;
};

const writeLease: Look = (admitting, node) => {
  if (admitting.call.namespace !== leaseNamespace) {
    return `can only access leases in the "${leaseNamespace}" system namespace`;
  }
  if (nameOf(admitting) === node) return undefined;
  return "can only access node lease with the same name as the requesting node";
};

const writeCsiNode: Look = (admitting, node) =>
  nameOf(admitting) === node ? undefined : "can only access CSINode with the same name as the requesting node";

/** By operation and resource; what is not here is left to the authorizers. */
const rules: Readonly<Record<string, Rule>> = {
  "CREATE pods": createPod,
  "DELETE pods": look(deletePod),
  "UPDATE pods": look(
    (_admitting, node) => `unexpected operation "UPDATE", node "${node}" can only create and delete mirror pods`,
  ),
  "UPDATE pods/status": look(updatePodStatus),
  "CREATE pods/eviction": evictPod,
  "CREATE nodes": look(writeNode),
  "UPDATE nodes": look(writeNode),
  "UPDATE nodes/status": look(writeNode),
  "UPDATE persistentvolumeclaims/status": look(updateClaimStatus),
  "CREATE serviceaccounts/token": createToken,
  "CREATE leases.coordination.k8s.io": look(writeLease),
  "UPDATE leases.coordination.k8s.io": look(writeLease),
  "DELETE leases.coordination.k8s.io": look(writeLease),
  "CREATE csinodes.storage.k8s.io": look(writeCsiNode),
  "UPDATE csinodes.storage.k8s.io": look(writeCsiNode),
  "DELETE csinodes.storage.k8s.io": look(writeCsiNode),
};

/**
 * Lets a kubelet write its own node and what belongs to its own pods, and nothing of anybody else's.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
export const nodeRestriction: AdmissionPlugin = {
  name: "NodeRestriction",
  place: 8,
  handles: (["CREATE", "UPDATE", "DELETE"] as const).map((operation) => ({
    operations: [operation],
    resources: Object.keys(rules).flatMap((key) => (key.startsWith(`${operation} `) ? [key.split(" ")[1] ?? ""] : [])),
  })),
  admit(admitting, verdict, step) {
    const { user } = admitting.call;
    const node = nodeOf(user);
    if (node === undefined) return verdict(undefined, step);
    const restricting = { admitting, node, verdict };
    if (node === "") {
      return conclude(restricting, `could not determine node from user ${JSON.stringify(user.name)}`, step);
    }
    const { kind, request } = admitting.call;
    const resource = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
    const part = request.subresource ? `/${request.subresource}` : "";
    const rule = rules[`${admitting.operation} ${resource}${part}`];
    if (rule) rule(restricting, step);
    else verdict(undefined, step);
  },
};
