import type { ClusterTrustBundle } from "../../api/kinds/cluster_trust_bundle.ts";
import { forbiddenStatus } from "../../api/status.ts";
import { judgeResource } from "../authorization/_authorize.ts";
import { groupResource } from "../requests/call.ts";
import { isOfGarbageCollection } from "./_garbage_collection.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";

/** What a signer's certificates are trusted by is said by whom the signer's name is given to: who may `attest` it. */
export const clusterTrustBundleAttest: AdmissionPlugin = {
  name: "ClusterTrustBundleAttest",
  place: 26,
  handles: [{ operations: ["CREATE", "UPDATE"], resources: ["clustertrustbundles.certificates.k8s.io"] }],
  validate(admitting, verdict, step) {
    const { call, draft } = admitting;
    const { signerName = "" } = (draft as ClusterTrustBundle | undefined)?.spec ?? {};
    if (signerName === "" || isOfGarbageCollection(admitting) || mayAttest(admitting, signerName)) {
      return verdict(undefined, step);
    }
    const text = `user not permitted to attest for signerName ${JSON.stringify(signerName)}`;
    verdict(forbiddenStatus(groupResource(call), draft?.metadata.name ?? "", text), step);
  },
};

/** By its whole name, or for all that its domain signs. */
function mayAttest({ server, call: { user } }: Admitting, signerName: string): boolean {
  const domain = signerName.slice(0, Math.max(0, signerName.indexOf("/")));
  const asked = { user, verb: "attest", group: "certificates.k8s.io", resource: "signers", namespace: "" };
  const names = [signerName, `${domain}/*`];
  return names.some((name) => judgeResource(server.rights, { ...asked, name }).decision === "allow");
}
