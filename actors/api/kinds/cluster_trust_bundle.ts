import { invalid } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { signerNameErrors } from "../validation/signer_name.ts";
import { trustBundleErrors, trustBundleNameErrors } from "../validation/trust_bundle.ts";

/** Certificates of authorities that pods may trust. */
export interface ClusterTrustBundle extends KubeObject {
  spec: {
    /** Whose certificates these are the roots of. Default: nobody's in particular. */
    signerName?: string;
    /** The certificates as PEM, in no order that means anything. */
    trustBundle: string;
  };
}

/** ClusterTrustBundles: what signers' certificates are trusted by, for pods to mount. */
export const clusterTrustBundle = nameKind<ClusterTrustBundle>({
  group: "certificates.k8s.io",
  version: "v1beta1",
  kind: "ClusterTrustBundle",
  plural: "clustertrustbundles",
  namespaced: false,
  gate: "ClusterTrustBundle",
});

/** Its rules, which API servers keep. */
export const clusterTrustBundleRules = /* @__PURE__ */ withRules(clusterTrustBundle, {
  schema: "io.k8s.api.certificates.v1beta1.ClusterTrustBundle",
  allowUnconditionalUpdate: false,
  fieldSelectors: { "spec.signerName": ({ spec }) => spec.signerName ?? "" },
  // What a name may be depends on the signer.
  nameErrors: () => [],

  validate({ metadata, spec: { signerName = "", trustBundle = "" } }) {
    const names = trustBundleNameErrors(metadata.name, signerName);
    return [
      ...names.map((text) => invalid("metadata.name", metadata.name, text)),
      ...(signerName === "" ? [] : signerNameErrors(signerName, "spec.signerName")),
      ...trustBundleErrors(trustBundle, "spec.trustBundle"),
    ];
  },
  validateUpdate: ({ spec }, old) =>
    validateImmutable("spec.signerName", { value: spec.signerName ?? "", old: old.spec.signerName ?? "" }),
});
