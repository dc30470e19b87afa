import type { Frozen, Pod } from "../../api/types.ts";

const shortMax = 63;
/** As Linux has it. */
const longMax = 64;

/** The name that a pod's containers have as their host's: with `setHostnameAsFQDN` with all of its domain. */
export function hostNameOf(pod: Frozen<Pod>): string {
  const domain = hostDomainOf(pod);
  return pod.spec.setHostnameAsFQDN && domain !== undefined ? `${shortName(pod)}.${domain}` : shortName(pod);
}

/** The domain that a pod with a subdomain is in. */
export function hostDomainOf({ metadata, spec }: Frozen<Pod>): string | undefined {
  return spec.subdomain && !spec.hostNetwork ? `${spec.subdomain}.${metadata.namespace}.svc.cluster.local` : undefined;
}

/** Why a pod cannot have the name that it is to have. */
export function hostNameError(pod: Frozen<Pod>): string | undefined {
  const name = hostNameOf(pod);
  if (!pod.spec.setHostnameAsFQDN || name.length <= longMax) return undefined;
  return `failed to construct FQDN from pod hostname and cluster domain, FQDN ${name} is too long (${longMax} characters is the max, ${name.length} characters requested)`;
}

function shortName({ metadata, spec }: Frozen<Pod>): string {
  const name = (spec.hostNetwork ? spec.nodeName : undefined) ?? (spec.hostname || metadata.name);
  return name.slice(0, shortMax).replace(/[-.]+$/, "");
}
