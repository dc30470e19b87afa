import { encodeBase64 } from "../../../../api/base64.ts";
import type { CertifiedKey } from "../../../../network/tls/fault.ts";
import { klog, parseDuration } from "../agnhost/_go.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import type { Signing } from "./issuers.ts";
import {
  api,
  type Certificate,
  type Condition,
  emit,
  group,
  momentOf,
  read,
  type Secret,
  secretPath,
  withCondition,
  write,
} from "./objects.ts";

/** Ninety days, as cert-manager has it; a third of its time before its end a certificate is renewed. */
const durationMsUsual = 90 * 24 * 60 * 60_000;
const triesMax = 5;
const usagesUsual = ["digital signature", "key encipherment"];
type Status = NonNullable<Certificate["status"]>;
type Ready = Pick<Condition, "status" | "reason" | "message">;

const prefix = `${group}/`;
const upToDate = { status: "True", reason: "Ready", message: "Certificate is up to date and has not expired" } as const;

/** Keeps what a Certificate asks for in its Secret; `signing`: how its issuer signs, if it can. */
export function* keep(self: Process, certificate: Certificate, signing: Signing | undefined): Running<void> {
  const { metadata, spec = {} } = certificate;
  const { namespace = "", generation = 1 } = metadata;
  const secret = yield* read<Secret>(self, secretPath(namespace, spec.secretName ?? ""));
  const asked = annotationsOf(certificate);
  const why = whyIssued(self, certificate, { secret, asked });
  if (why === undefined) return yield* tellReady(self, certificate, upToDate);
  const message = "Issuing certificate as Secret does not exist";
  if (!signing) return yield* tellReady(self, certificate, { status: "False", reason: "DoesNotExist", message });
  // What is known of it may be from before the last one was issued.
  const now = yield* read<Certificate>(self, pathOf(certificate));
  if (now?.metadata.generation !== generation || whyIssued(self, now, { secret, asked }) === undefined) return;
  yield* emit(self, { kind: "Certificate", metadata, reason: "Issuing", message: why });
  yield* issue(self, now, { signing, secret, asked });
}

function* tellReady(self: Process, certificate: Certificate, ready: Ready): Running<void> {
  const change = (status: Status) => {
    const conditions = readied(self, certificate, { ...status, ready });
    return conditions && { ...status, conditions };
  };
  if (change(certificate.status ?? {})) yield* tellStatus(self, certificate, change);
}

/** The conditions with the one that says whether all is well; `undefined`: it says so already. */
function readied(
  self: Process,
  { metadata }: Certificate,
  { conditions = [], ready }: Status & { readonly ready: Ready },
): readonly Condition[] | undefined {
  return withCondition(self, conditions, { type: "Ready", ...ready, observedGeneration: metadata.generation ?? 1 });
}

function pathOf({ metadata }: Certificate): string {
  return `${api}/namespaces/${metadata.namespace}/certificates/${metadata.name}`;
}

/** What of a Certificate its Secret says, by which another one is told. */
function annotationsOf({ metadata, spec = {} }: Certificate): Readonly<Record<string, string>> {
  const { dnsNames = [], ipAddresses = [], uris = [], commonName = "", issuerRef = {} } = spec;
  const said = {
    ...{ "alt-names": dnsNames.join(","), "certificate-name": metadata.name, "common-name": commonName },
    ...{
      "ip-sans": ipAddresses.join(","),
      "issuer-group": issuerRef.group ?? "",
      "issuer-kind": issuerRef.kind || "Issuer",
    },
    ...{ "issuer-name": issuerRef.name ?? "", "uri-sans": uris.join(",") },
  };
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [prefix + name, value]));
}

interface Kept {
  readonly secret: Secret | undefined;
  readonly asked: Readonly<Record<string, string>>;
}

/** Why a certificate is to be made; `undefined`: what there is will do. */
function whyIssued(self: Process, { status }: Certificate, { secret, asked }: Kept): string | undefined {
  if (!secret) return "Issuing certificate as Secret does not exist";
  if (!secret.data?.["tls.crt"] || !secret.data["tls.key"])
    return "Issuing certificate as Secret does not contain a private key";
  const { annotations = {} } = secret.metadata;
  if (Object.entries(asked).some(([name, value]) => annotations[name] !== value))
    return "Issuing certificate as Secret was previously issued for other fields";
  const { renewalTime } = status ?? {};
  const isDue = renewalTime !== undefined && Date.parse(renewalTime) <= self.kernel.host.wallMs();
  return isDue ? `Renewing certificate as renewal was scheduled at ${renewalTime}` : undefined;
}

function* issue(
  self: Process,
  certificate: Certificate,
  { signing, secret, asked }: Kept & { readonly signing: Signing },
): Running<void> {
  const { metadata, spec = {} } = certificate;
  const { namespace = "" } = metadata;
  const { wallMs, random, network } = self.kernel.host;
  const durationMs = parseDuration(spec.duration ?? "") ?? durationMsUsual;
  const fromMs = Math.floor(wallMs() / 1_000) * 1_000;
  const untilMs = fromMs + durationMs;
  const made = network.trust.certify({
    subject: { commonName: spec.commonName ?? "", organizations: spec.subject?.organizations ?? [] },
    names: [...(spec.dnsNames ?? []), ...(spec.ipAddresses ?? [])],
    ...{ isAuthority: spec.isCA ?? false, purposes: spec.usages ?? usagesUsual, fromMs, untilMs },
    byte: () => random.int(256),
    ...(signing.by === "authority" ? { by: signing.authority } : {}),
  });
  if (!made) {
    const why = "the key of its issuer is neither RSA nor Ed25519, and kubetroupe signs with no other";
    return yield* klog(self, "E", `"cannot sign" certificate="${namespace}/${metadata.name}" err="${why}"`);
  }
  const root = signing.by === "authority" ? signing.root : made.certificate;
  if (!(yield* store(self, certificate, { secret, asked, made, root }))) return;
  const beforeMs = parseDuration(spec.renewBefore ?? "") ?? durationMs / 3;
  yield* tellStatus(self, certificate, (status) => ({
    conditions: readied(self, certificate, { ...status, ready: upToDate }) ?? status.conditions ?? [],
    ...{ notBefore: momentOf(fromMs), notAfter: momentOf(untilMs), renewalTime: momentOf(untilMs - beforeMs) },
    revision: (status.revision ?? 0) + 1,
  }));
  const message = "The certificate has been successfully issued";
  yield* emit(self, { kind: "Certificate", metadata, reason: "Issuing", message });
}

interface Stored extends Kept {
  readonly made: CertifiedKey;
  readonly root: string;
}

/** Whether it could be written. */
function* store(
  self: Process,
  { metadata, spec = {} }: Certificate,
  { secret, asked, made, root }: Stored,
): Running<boolean> {
  const { namespace = "" } = metadata;
  const { secretName = "", secretTemplate = {} } = spec;
  const texts = { "ca.crt": root, "tls.crt": made.certificate, "tls.key": made.key };
  const data = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, encodeBase64(text)]));
  const before = secret?.metadata;
  const object = {
    ...{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", ...secret },
    metadata: {
      ...(before ?? { name: secretName }),
      annotations: { ...before?.annotations, ...secretTemplate.annotations, ...asked },
      labels: { ...before?.labels, ...secretTemplate.labels, [`controller.${prefix}fao`]: "true" },
    },
    data: { ...secret?.data, ...data },
  };
  const written = secret
    ? yield* write(self, secretPath(namespace, secretName), object)
    : yield* askApi(self, { path: secretPath(namespace), object });
  if (!written.ok) yield* klog(self, "E", `"cannot write a Secret" err=${JSON.stringify(written.text)}`);
  return written.ok;
}

/** Nobody else says how a Certificate is: what has changed otherwise meanwhile is no reason not to. */
function* tellStatus(
  self: Process,
  certificate: Certificate,
  change: (status: Status) => Status | undefined,
): Running<void> {
  const path = pathOf(certificate);
  let now: Certificate | undefined = certificate;
  for (let tries = 0; now && tries < triesMax; tries++) {
    const status = change(now.status ?? {});
    if (!status) return;
    const object = { apiVersion: `${group}/v1`, kind: "Certificate", ...now, status };
    const written = yield* write(self, `${path}/status`, object);
    if (written.ok) return;
    if (written.reason !== "Conflict")
      return yield* klog(self, "E", `"cannot write the status of a certificate" err=${JSON.stringify(written.text)}`);
    now = yield* read<Certificate>(self, path);
  }
}
