import { failed, ok, type Result } from "../../../kit/result.ts";
import type { RequestedIdentity } from "../../../signing/messages.ts";

/** What a request for a certificate asks for, as far as its signer cares. */
export interface Asked {
  readonly identity: RequestedIdentity;
  readonly usages: readonly string[];
}

/** The signers that a cluster has itself. */
export const clientSigner = "kubernetes.io/kube-apiserver-client";
export const kubeletClientSigner = "kubernetes.io/kube-apiserver-client-kubelet";
export const kubeletServingSigner = "kubernetes.io/kubelet-serving";

const nodesGroup = "system:nodes";
const nodePrefix = "system:node:";

/** Whether a signer signs what is asked for, or why not; undefined where it is none of the cluster's own. */
export function judgeRequest(signer: string, asked: Asked): Result<undefined, string> | undefined {
  switch (signer) {
    case clientSigner:
      return verdict(clientError(asked));
    case kubeletClientSigner:
      return verdict(kubeletClientError(asked));
    case kubeletServingSigner:
      return verdict(kubeletServingError(asked));
    default:
      return undefined;
  }
}

function verdict(error: string | undefined): Result<undefined, string> {
  return error === undefined ? ok(undefined) : failed(error);
}

function clientError({ usages }: Asked): string | undefined {
  const allowed = ["digital signature", "key encipherment", "client auth"];
  const wrong = usages.find((each) => !allowed.includes(each));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes("client auth") ? undefined : "missing required usage for client certificate: client auth";
}

function kubeletClientError({ identity, usages }: Asked): string | undefined {
  const { dnsNames, ips, emails, uris } = identity;
  if (!isNode(identity)) return nodeError(identity);
  if (dnsNames.length > 0) return "DNS subjectAltNames are not allowed";
  if (emails.length > 0) return "email subjectAltNames are not allowed";
  if (ips.length > 0) return "IP subjectAltNames are not allowed";
  if (uris.length > 0) return "URI subjectAltNames are not allowed";
  return usagesError(usages, "client auth");
}

function kubeletServingError({ identity, usages }: Asked): string | undefined {
  const { dnsNames, ips, emails, uris } = identity;
  if (!isNode(identity)) return nodeError(identity);
  if (dnsNames.length === 0 && ips.length === 0) return "DNS or IP subjectAltName is required";
  if (emails.length > 0) return "email subjectAltNames are not allowed";
  if (uris.length > 0) return "URI subjectAltNames are not allowed";
  return usagesError(usages, "server auth");
}

function isNode({ organizations, commonName }: RequestedIdentity): boolean {
  return organizations.length === 1 && organizations[0] === nodesGroup && commonName.startsWith(nodePrefix);
}

function nodeError({ organizations }: RequestedIdentity): string {
  const isOfNodes = organizations.length === 1 && organizations[0] === nodesGroup;
  return isOfNodes
    ? `subject common name does not begin with ${nodePrefix}`
    : `subject organization is not ${nodesGroup}`;
}

/** A kubelet's certificates sign, may encipher keys, and do one thing beside. */
function usagesError(usages: readonly string[], purpose: string): string | undefined {
  const wanted = ["digital signature", purpose];
  const others = usages.filter((each) => !wanted.includes(each) && each !== "key encipherment");
  const isWhole = others.length === 0 && wanted.every((each) => usages.includes(each));
  return isWhole ? undefined : `usages did not match [${["key encipherment", ...wanted].sort().join(" ")}]`;
}
