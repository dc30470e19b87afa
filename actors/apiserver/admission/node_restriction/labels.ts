/** The labels of Kubernetes' own domains that a kubelet may give its node. */
const kubeletLabels: ReadonlySet<string> = new Set([
  "kubernetes.io/hostname",
  "topology.kubernetes.io/zone",
  "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "beta.kubernetes.io/instance-type",
  "node.kubernetes.io/instance-type",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
]);

/** The domains below which it may give it any. */
const kubeletDomains = ["kubelet.kubernetes.io", "node.kubernetes.io"];
const ownDomains = ["kubernetes.io", "k8s.io"];
const restrictedDomain = "node-restriction.kubernetes.io";

/** By this label a node is one of the control plane. */
export const controlPlaneLabel = "node-role.kubernetes.io/control-plane";

type Labels = Readonly<Record<string, string>>;

/**
 * The labels that differ and that a kubelet may not set, change or take away: by them others are kept away from nodes.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
export function forbiddenLabels(before: Labels = {}, now: Labels = {}): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  const own = (labels: Labels, key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return [...keys].filter((key) => own(before, key) !== own(now, key) && !isFree(key)).sort();
}

function isFree(key: string): boolean {
  const slash = key.indexOf("/");
  const domain = slash < 0 ? "" : key.slice(0, slash);
  if (isWithin(domain, restrictedDomain)) return false;
  if (!ownDomains.some((each) => isWithin(domain, each))) return true;
  return kubeletLabels.has(key) || kubeletDomains.some((each) => isWithin(domain, each));
}

function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}
