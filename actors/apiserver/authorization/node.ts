import { parseFieldSelector } from "../../api/field_selector.ts";
import { type Authorizer, allowed, noOpinion, type Opinion, type ResourceAttributes } from "./_authorizer.ts";
import type { Rights } from "./_rights.ts";
import { nodeRules } from "./defaults/component_roles.ts";
import { readBundles } from "./defaults/gated_policy.ts";
import { watchedOneByOne } from "./defaults/own_roles.ts";
import { isRelated, type Wanted } from "./nodes/graph.ts";
import { nodeOf } from "./nodes/identity.ts";
import { isAbout, isForName } from "./rules/coverage.ts";

/** A kubelet's request, taken apart. */
interface Asked {
  readonly node: string;
  readonly attributes: ResourceAttributes;
  readonly plural: string;
  readonly part: string;
  readonly rights: Rights;
}

type Judge = (asked: Asked) => Opinion;

const writesOwn = ["get", "create", "update", "patch", "delete"];
const leaseNamespace = "kube-node-lease";

function unrelated(node: string): Opinion {
  return noOpinion(`no relationship found between node '${node}' and this object`);
}

function related({ node, attributes, plural, rights }: Asked): Opinion {
  const { namespace, name } = attributes;
  if (name === "") return noOpinion("No Object name found");
  // Only plurals that the graph knows come here.
  const wanted = { kind: plural as Wanted["kind"], namespace, name };
  return isRelated(rights.graph, node, wanted) ? allowed : unrelated(node);
}

/** A list or a watch of one object, where kubelets of this cluster have that instead of gets. */
function isOneWatched({ plural, part, attributes: { verb, name } }: Asked): boolean {
  return watchedOneByOne.has(plural) && part === "" && name !== "" && (verb === "list" || verb === "watch");
}

const getOne: Judge = (asked) => {
  if (isOneWatched(asked)) return related(asked);
  if (asked.attributes.verb !== "get") return noOpinion("can only get individual resources of this type");
  return asked.part === "" ? related(asked) : noOpinion("cannot get subresource");
};

const readOne: Judge = (asked) => {
  const { verb, namespace } = asked.attributes;
  if (verb !== "get" && verb !== "list" && verb !== "watch") return noOpinion("can only read resources of this type");
  if (asked.part !== "") return noOpinion("cannot read subresource");
  return namespace === "" ? noOpinion("can only read namespaced object of this type") : related(asked);
};

/** An attachment that is not there yet is waited for: its name is made of its node's. */
const attachment: Judge = (asked) =>
  isOneWatched(asked) && !asked.rights.graph.attachments.has(asked.attributes.name) ? allowed : getOne(asked);

const claim: Judge = (asked) => {
  if (asked.part !== "status") return getOne(asked);
  const { verb } = asked.attributes;
  return verb === "update" || verb === "patch" ? related(asked) : noOpinion("can only get/update/patch this type");
};

const account: Judge = (asked) => {
  const { verb, name } = asked.attributes;
  if (verb === "get" && asked.part === "") return related(asked);
  if (verb !== "create" || name === "") return noOpinion("can only create tokens for individual service accounts");
  if (asked.part !== "token") return noOpinion("can only create token subresource of serviceaccount");
  return related(asked);
};

const lease: Judge = ({ node, attributes: { verb, namespace, name } }) => {
  if (!writesOwn.includes(verb)) return noOpinion("can only get, create, update, patch, or delete a node lease");
  if (namespace !== leaseNamespace) {
    return noOpinion(`can only access leases in the "${leaseNamespace}" system namespace`);
  }
  // The name of one that is yet to be made is in its body: admission looks at that.
  if (verb !== "create" && name !== node) {
    return noOpinion("can only access node lease with the same name as the requesting node");
  }
  return allowed;
};

const csiNode: Judge = ({ node, part, attributes: { verb, name } }) => {
  if (!writesOwn.includes(verb)) return noOpinion("can only get, create, update, patch, or delete a CSINode");
  if (part !== "") return noOpinion("cannot authorize CSINode subresources");
  if (verb !== "create" && name !== node) {
    return noOpinion("can only access CSINode with the same name as the requesting node");
  }
  return allowed;
};

const slice: Judge = ({ node, part, attributes }) => {
  if (part !== "") return noOpinion("cannot authorize ResourceSlice subresources");
  switch (attributes.verb) {
    case "create":
      return allowed;
    case "get":
    case "update":
    case "patch":
    case "delete":
      // No kubelet of this cluster publishes devices: none of these is a node's.
      return unrelated(node);
    case "watch":
    case "list":
    case "deletecollection":
      return isSelected(attributes, "spec.nodeName", node)
        ? allowed
        : noOpinion("can only list/watch/deletecollection resourceslices with nodeName field selector");
    default:
      return noOpinion(
        "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection",
      );
  }
};

const ownNode: Judge = ({ node, part, attributes: { verb, name } }) => {
  if (part === "status") return verb === "update" || verb === "patch" ? allowed : noOpinion("");
  if (part !== "") return noOpinion("");
  // Whether it is its own node that is written, admission says.
  if (verb === "create" || verb === "update" || verb === "patch") return allowed;
  if (verb !== "get" && verb !== "list" && verb !== "watch") return noOpinion("");
  if (name === node) return allowed;
  if (name === "") return noOpinion(`node '${node}' cannot read all nodes, only its own Node object`);
  return noOpinion(`node '${node}' cannot read '${name}', only its own Node object`);
};

const ownPods: Judge = (asked) => {
  const { node, part, attributes } = asked;
  const { verb } = attributes;
  if (part === "status") return verb === "update" || verb === "patch" ? allowed : noOpinion("");
  if (part === "eviction") return verb === "create" ? allowed : noOpinion("");
  if (part !== "") return noOpinion("");
  if (verb === "get") return getOne(asked);
  // Whether they are its own mirror pods, admission says.
  if (verb === "create" || verb === "delete") return allowed;
  if (verb !== "list" && verb !== "watch") return noOpinion("");
  if (isSelected(attributes, "spec.nodeName", node)) return allowed;
  if (attributes.name !== "") return related(asked);
  return noOpinion("can only list/watch pods with spec.nodeName field selector");
};

function isSelected({ fieldSelector = "" }: ResourceAttributes, field: string, value: string): boolean {
  if (fieldSelector === "") return false;
  const parsed = parseFieldSelector(fieldSelector);
  return parsed.ok && parsed.value.some((each) => each.field === field && each.equal && each.value === value);
}

const judges: ReadonlyMap<string, Judge> = new Map([
  ["secrets", readOne],
  ["configmaps", readOne],
  ["persistentvolumeclaims", claim],
  ["persistentvolumes", getOne],
  ["resourceclaims.resource.k8s.io", getOne],
  ["volumeattachments.storage.k8s.io", attachment],
  ["serviceaccounts", account],
  ["leases.coordination.k8s.io", lease],
  ["csinodes.storage.k8s.io", csiNode],
  ["resourceslices.resource.k8s.io", slice],
  ["nodes", ownNode],
  ["pods", ownPods],
]);

const unknown = noOpinion("");

/**
 * What a kubelet may do: with its own node and its own pods, with what these refer to, and beside that what every kubelet
 * may.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
export const node: Authorizer = {
  name: "Node",
  place: 10,
  onResource(attributes, rights) {
    const name = nodeOf(attributes.user);
    if (name === undefined) return unknown;
    if (name === "") return noOpinion(`unknown node for user ${JSON.stringify(attributes.user.name)}`);
    const { group, resource } = attributes;
    const slash = resource.indexOf("/");
    const plural = slash < 0 ? resource : resource.slice(0, slash);
    const part = slash < 0 ? "" : resource.slice(slash + 1);
    const judge = judges.get(group === "" ? plural : `${plural}.${group}`);
    if (judge) return judge({ node: name, attributes, plural, part, rights });
    const rules = rights.gates.includes("ClusterTrustBundle") ? [...nodeRules, readBundles] : nodeRules;
    return rules.some((rule) => isAbout(rule, attributes) && isForName(rule, attributes.name)) ? allowed : unknown;
  },
  rulesFor(user) {
    if (nodeOf(user) === undefined) return undefined;
    const error = "node authorizer does not support user rule resolution";
    return { resourceRules: [], nonResourceRules: [], incomplete: true, error };
  },
};
