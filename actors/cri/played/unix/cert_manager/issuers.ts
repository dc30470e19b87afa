import { decodeBase64 } from "../../../../api/base64.ts";
import type { CertifiedKey } from "../../../../network/tls/fault.ts";
import { klog } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import {
  api,
  type Condition,
  group,
  type Issuer,
  read,
  type Secret,
  secretPath,
  withCondition,
  write,
} from "./objects.ts";

/** Who signs for an issuer: itself by each key, or an authority. */
export type Signing =
  | { readonly by: "itself" }
  | { readonly by: "authority"; readonly authority: CertifiedKey; readonly root: string };

type Ready = Pick<Condition, "status" | "reason" | "message"> & { readonly signing?: Signing };

/** Whether an issuer can sign, which is written into it, and how; `undefined`: it cannot. */
export function* signingOf(
  self: Process,
  issuer: Issuer,
  { kind, ownNamespace }: { readonly kind: "Issuer" | "ClusterIssuer"; readonly ownNamespace: string },
): Running<Signing | undefined> {
  const { metadata, status } = issuer;
  const { signing, ...ready } = yield* readyOf(self, issuer, metadata.namespace ?? ownNamespace);
  const observedGeneration = metadata.generation ?? 1;
  const conditions = withCondition(self, status?.conditions ?? [], { type: "Ready", ...ready, observedGeneration });
  if (!conditions) return signing;
  const place = kind === "Issuer" ? `namespaces/${metadata.namespace}/issuers` : "clusterissuers";
  const object = { apiVersion: `${group}/v1`, kind, ...issuer, status: { ...status, conditions } };
  const written = yield* write(self, `${api}/${place}/${metadata.name}/status`, object);
  if (!written.ok && written.reason !== "Conflict")
    yield* klog(self, "E", `"cannot write the status of an issuer" err=${JSON.stringify(written.text)}`);
  return signing;
}

function* readyOf(self: Process, { spec = {} }: Issuer, namespace: string): Running<Ready> {
  if (spec.selfSigned) return { status: "True", reason: "IsReady", message: "", signing: { by: "itself" } };
  if (!spec.ca) {
    const kind = Object.keys(spec)[0] ?? "none";
    const message = `kubetroupe plays this controller, and its issuers are selfSigned and ca: there is nothing behind "${kind}"`;
    return { status: "False", reason: "NotPlayed", message };
  }
  const { secretName = "" } = spec.ca;
  const fails = (why: string): Ready => {
    return { status: "False", reason: "ErrGetKeyPair", message: `Error getting keypair for CA issuer: ${why}` };
  };
  const secret = yield* read<Secret>(self, secretPath(namespace, secretName));
  if (!secret) return fails(`secret ${JSON.stringify(secretName)} not found`);
  const text = (name: string) => decodeBase64(secret.data?.[name] ?? "");
  const authority = { certificate: text("tls.crt"), key: text("tls.key") };
  const problem = self.kernel.host.network.trust.keyProblem(authority.certificate, authority.key);
  if (problem !== undefined) return fails(problem);
  const root = text("ca.crt") || authority.certificate;
  const signing = { by: "authority", authority, root } as const;
  return { status: "True", reason: "KeyPairVerified", message: "Signing CA verified", signing };
}
