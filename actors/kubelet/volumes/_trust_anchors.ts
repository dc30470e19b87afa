import type { LabelSelector } from "kubernetes-types/meta/v1.js";
import type { ClusterTrustBundle } from "../../api/kinds/cluster_trust_bundle.ts";
import { matchesLabelSelector } from "../../api/label_selector.ts";
import type { Frozen } from "../../api/types.ts";
import { pemBlocks } from "../../api/validation/certificate_pem.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

type Bundle = Frozen<ClusterTrustBundle>;

/** Which bundles a pod wants: the one of that name, or those of a signer that have certain labels. */
export interface BundlesWanted {
  readonly name?: string;
  readonly signerName?: string;
  /** Absent: none has them; empty: all have. */
  readonly labelSelector?: Frozen<LabelSelector>;
  /** None need be there. */
  readonly optional?: boolean;
}

const lineChars = 64;

/**
 * The certificates of the bundles that are wanted, as PEM: each once, in an order that does not depend on whose they are
 * (a real kubelet draws one at its start). Fails in the kubelet's words where there is no such bundle.
 */
export function trustAnchors(wanted: BundlesWanted, bundles: readonly Bundle[]): Result<string, string> {
  const found = bundles.filter((bundle) => isWanted(wanted, bundle));
  if (found.length === 0 && !wanted.optional) return failed(missing(wanted));
  const anchors = new Set(found.flatMap(({ spec }) => Array.from(pemBlocks(spec.trustBundle), ({ body }) => body)));
  return ok([...anchors].sort().map(certificateOf).join(""));
}

function isWanted({ name, signerName, labelSelector }: BundlesWanted, { metadata, spec }: Bundle): boolean {
  if (name !== undefined) return metadata.name === name;
  return (
    spec.signerName === signerName &&
    labelSelector !== undefined &&
    matchesLabelSelector(labelSelector, metadata.labels)
  );
}

function missing({ name }: BundlesWanted): string {
  if (name === undefined) return "combination of signerName and labelSelector matched zero ClusterTrustBundles";
  const what = `clustertrustbundle.certificates.k8s.io ${JSON.stringify(name)} not found`;
  return `while getting ClusterTrustBundle: ${what}`;
}

function certificateOf(base64: string): string {
  const lines = base64.match(new RegExp(`.{1,${lineChars}}`, "g")) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
