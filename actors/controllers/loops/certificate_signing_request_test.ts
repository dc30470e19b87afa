import { assert, test } from "../../../properties/house/test.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { certificateSigningRequest as requestKind } from "../../api/kinds/certificate_signing_request.ts";
import { formatTime } from "../../api/time.ts";
import { certificateSigningRequest } from "./certificate_signing_request.ts";

const nowMs = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;
const nobody = { commonName: "jane", organizations: ["devs"], dnsNames: [], ips: [], emails: [], uris: [] };
const node = { ...nobody, commonName: "system:node:n1", organizations: ["system:nodes"] };
const certificate = "Q0VSVA==";
const client = "kubernetes.io/kube-apiserver-client";
const kubelet = `${client}-kubelet`;
const serving = "kubernetes.io/kubelet-serving";
const kubeletUsages = ["digital signature", "key encipherment", "client auth"];

interface Scene {
  readonly signer?: string;
  readonly usages?: readonly string[];
  readonly verdict?: "Approved" | "Denied";
  readonly status?: object;
  readonly spec?: object;
}

/** What becomes of a request after two turns: its conditions in short, and whether there is a certificate. */
function outcome(scene: Scene, device: object, ageMs = 0): string {
  const { signer = client, usages = ["client auth"], verdict, status = {}, spec = {} } = scene;
  const loop = createPlainLoop(certificateSigningRequest, undefined, device);
  const at = formatTime(nowMs);
  const conditions = verdict && [{ type: verdict, status: "True", lastUpdateTime: at }];
  loop.put({
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name: "r", creationTimestamp: at },
    spec: { request: "LS0t", signerName: signer, usages, username: "system:node:n1", groups: [], ...spec },
    status: { ...(conditions && { conditions }), ...status },
  });
  for (let turn = 0; turn < 2; turn++) loop.turn("r", nowMs + ageMs);
  const [left] = loop.all(requestKind);
  if (!left) return "gone";
  const words = (left.status.conditions ?? []).map(({ type, reason, message }) =>
    [type, reason, message].filter(Boolean).join(" "),
  );
  return [...words, ...(left.status.certificate ? ["issued"] : [])].join(", ");
}

const signs = (identity: object) => ({ ok: true, identity, certificate, status: { allowed: true } });

test("certificateSigningRequest signs what is approved for the cluster's own signers, and nothing else", () => {
  assert.equal(outcome({ verdict: "Approved" }, signs(nobody)), "Approved, issued");
  assert.equal(outcome({}, signs(nobody)), "");
  assert.equal(outcome({ verdict: "Denied" }, signs(nobody)), "Denied");
  assert.equal(outcome({ verdict: "Approved", signer: "example.com/own" }, signs(nobody)), "Approved");
});

test("certificateSigningRequest fails what its signer does not sign, in Kubernetes' words", () => {
  const failed = (signer: string, usages: readonly string[], identity: object) =>
    outcome({ verdict: "Approved", signer, usages }, signs(identity)).replace(
      "Approved, Failed SignerValidationFailure ",
      "",
    );
  assert.equal(failed(client, ["server auth"], nobody), "invalid usage for client certificate: server auth");
  assert.equal(
    failed(client, ["digital signature"], nobody),
    "missing required usage for client certificate: client auth",
  );
  assert.equal(failed(kubelet, kubeletUsages, nobody), "subject organization is not system:nodes");
  assert.equal(
    failed(kubelet, kubeletUsages, { ...node, commonName: "n1" }),
    "subject common name does not begin with system:node:",
  );
  assert.equal(failed(kubelet, kubeletUsages, { ...node, ips: ["10.0.0.1"] }), "IP subjectAltNames are not allowed");
  const servingUsages = ["digital signature", "server auth"];
  assert.equal(failed(serving, servingUsages, node), "DNS or IP subjectAltName is required");
  assert.match(failed(serving, kubeletUsages, { ...node, dnsNames: ["n1"] }), /^usages did not match/);
  assert.equal(
    outcome({ verdict: "Approved", signer: serving, usages: servingUsages }, signs({ ...node, dnsNames: ["n1"] })),
    "Approved, issued",
  );
  assert.match(
    outcome({ verdict: "Approved" }, { ok: false, message: "not PEM" }),
    /unable to parse csr "r": not PEM$/,
  );
});

test("certificateSigningRequest approves a kubelet's client certificate where it may ask for it", () => {
  const wish = { signer: kubelet, usages: kubeletUsages };
  const text = "Auto approving self kubelet client certificate after SubjectAccessReview.";
  assert.equal(outcome(wish, signs(node)), `Approved AutoApproved ${text}, issued`);
  assert.match(
    outcome({ ...wish, spec: { username: "system:bootstrap:abc" } }, signs(node)),
    /AutoApproved Auto approving kubelet client/,
  );
  assert.equal(outcome(wish, { ...signs(node), status: { allowed: false } }), "");
  assert.equal(outcome(wish, signs(nobody)), "");
  assert.equal(
    outcome({ ...wish, signer: serving }, signs(node)),
    "",
    "serving certificates are for people to approve",
  );
});

test("certificateSigningRequest removes what was issued, denied or failed an hour ago, and what waits for a day", () => {
  const issued = {
    verdict: "Approved",
    status: { certificate, conditions: [{ type: "Approved", status: "True", lastUpdateTime: formatTime(nowMs) }] },
  } as const;
  assert.equal(outcome(issued, signs(nobody), hourMs - 1), "Approved, issued");
  assert.equal(outcome(issued, signs(nobody), hourMs), "gone");
  assert.equal(outcome({ verdict: "Denied" }, signs(nobody), hourMs), "gone");
  assert.equal(outcome({}, signs(nobody), 23 * hourMs), "");
  assert.equal(outcome({}, signs(nobody), 24 * hourMs), "gone");
});
