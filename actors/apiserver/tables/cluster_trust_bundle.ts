import type { ClusterTrustBundle } from "../../api/kinds/cluster_trust_bundle.ts";
import { defineTable, nameColumn } from "./printing/columns.ts";

/** NAME SIGNERNAME. */
export const clusterTrustBundle = defineTable<ClusterTrustBundle>({
  group: "certificates.k8s.io",
  kind: "ClusterTrustBundle",
  columns: [
    nameColumn,
    { name: "SignerName", description: "Whose certificates it is for", of: ({ spec }) => spec.signerName || "<none>" },
  ],
});
