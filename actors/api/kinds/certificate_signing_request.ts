import type {
  CertificateSigningRequestSpec,
  CertificateSigningRequestStatus,
} from "kubernetes-types/certificates/v1.js";
import { present } from "../../kit/present.ts";
import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { formatTime } from "../time.ts";
import { type Frozen, jsonEqual, type KubeObject, thaw } from "../types.ts";
import { certificatesProblem } from "../validation/certificate_pem.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { prefixedPathErrors } from "../validation/names.ts";

/** A request for a certificate. */
export interface CertificateSigningRequest extends KubeObject {
  spec: CertificateSigningRequestSpec;
  status: CertificateSigningRequestStatus;
}

const secondsMin = 600;
const usages = [
  "any",
  "cert sign",
  "client auth",
  "code signing",
  "content commitment",
  "crl sign",
  "data encipherment",
  "decipher only",
  "digital signature",
  "email protection",
  "encipher only",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "key agreement",
  "key encipherment",
  "microsoft sgc",
  "netscape sgc",
  "ocsp signing",
  "s/mime",
  "server auth",
  "signing",
  "timestamping",
];

/** CertificateSigningRequests: certificates that somebody wants signed. */
export const certificateSigningRequest = nameKind<CertificateSigningRequest>({
  group: "certificates.k8s.io",
  kind: "CertificateSigningRequest",
  plural: "certificatesigningrequests",
  shortNames: ["csr"],
  namespaced: false,
  subresources: [{ name: "approval" }, { name: "status" }],
});

/** Its rules, which API servers keep. */
export const certificateSigningRequestRules = /* @__PURE__ */ withRules(certificateSigningRequest, {
  schema: "io.k8s.api.certificates.v1.CertificateSigningRequest",
  countsGenerations: false,
  fieldSelectors: { "spec.signerName": ({ spec }) => spec.signerName ?? "" },

  prepareForCreate(draft, by) {
    // Whoever asks is known by itself, whatever it says.
    const { username, uid, groups, extra, ...asked } = draft.spec;
    draft.spec = by
      ? {
          ...asked,
          username: by.name,
          ...present({ uid: by.uid }),
          groups: [...by.groups],
          ...(by.extra && { extra: copied(by.extra) }),
        }
      : draft.spec;
  },

  prepareForStatusUpdate(draft, old, nowMs) {
    const conditions = conditionsOf(draft).filter(({ type }) => !isVerdict(type));
    const verdicts = conditionsOf(old).filter(({ type }) => isVerdict(type));
    const all = withTimes([...verdicts, ...conditions], { before: conditionsOf(old), nowMs });
    if (all.length > 0 || draft.status?.conditions) draft.status = { ...draft.status, conditions: all };
  },

  prepareForApproval(draft, old, nowMs) {
    const conditions = withTimes(conditionsOf(draft), { before: conditionsOf(old), nowMs });
    draft.status = { ...(thaw(old.status ?? {}) as object), conditions };
  },

  validate({ spec }) {
    const errors: FieldError[] = [];
    if (!isRequest(spec.request))
      errors.push(invalid("spec.request", spec.request ?? "", "PEM block type must be CERTIFICATE REQUEST"));
    if (!spec.signerName) errors.push(required("spec.signerName"));
    else
      for (const text of prefixedPathErrors(spec.signerName))
        errors.push(invalid("spec.signerName", spec.signerName, text));
    const wanted = spec.usages ?? [];
    if (wanted.length === 0) errors.push(required("spec.usages"));
    wanted.forEach((usage, index) => {
      if (!usages.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, usages));
      else if (wanted.indexOf(usage) < index) errors.push(duplicate(`spec.usages[${index}]`, usage));
    });
    const { expirationSeconds } = spec;
    if (expirationSeconds !== undefined && expirationSeconds < secondsMin) {
      errors.push(
        invalid(
          "spec.expirationSeconds",
          expirationSeconds,
          "may not specify a duration less than 600 seconds (10 minutes)",
        ),
      );
    }
    return errors;
  },
  validateUpdate: ({ spec }, old) =>
    jsonEqual(spec, old.spec) ? [] : validateImmutable("spec", { value: spec, old: old.spec }),
  validateStatusUpdate(object, old) {
    const errors: FieldError[] = [];
    const has = (type: string) => conditionsOf(object).some((each) => each.type === type);
    if (has("Approved") && has("Denied")) {
      errors.push(invalid("status.conditions", "Denied", "Approved and Denied conditions are mutually exclusive"));
    }
    for (const { type } of conditionsOf(old)) {
      if ((isVerdict(type) || type === "Failed") && !has(type)) {
        errors.push(forbidden("status.conditions", `updates may not remove a condition of type "${type}"`));
      }
    }
    const before = old.status?.certificate ?? "";
    if (before !== "" && object.status?.certificate !== before) {
      errors.push(forbidden("status.certificate", "updates may not modify existing certificate content"));
    }
    const certificate = object.status?.certificate ?? "";
    const problem = certificate === "" || certificate === before ? undefined : certificatesProblem(certificate);
    if (problem !== undefined) errors.push(invalid("status.certificate", "<certificate data>", problem));
    return errors;
  },
});

function copied(extra: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(extra).map(([name, values]) => [name, [...values]]));
}

type Condition = NonNullable<CertificateSigningRequestStatus["conditions"]>[number];

function conditionsOf({ status }: Frozen<CertificateSigningRequest>): Condition[] {
  return [...((status?.conditions ?? []) as readonly Condition[])];
}

/** Only who approves says yes or no. */
function isVerdict(type: string): boolean {
  return type === "Approved" || type === "Denied";
}

interface Said {
  readonly before: readonly Condition[];
  readonly nowMs: number;
}

/** Conditions with their times, where nobody says them: said now, and so since it was last otherwise. */
function withTimes(conditions: readonly Condition[], { before, nowMs }: Said): Condition[] {
  const now = formatTime(nowMs);
  return conditions.map((each) => {
    const same = before.find(({ type, status }) => type === each.type && status === each.status);
    return {
      ...each,
      lastUpdateTime: each.lastUpdateTime ?? now,
      lastTransitionTime: each.lastTransitionTime ?? same?.lastTransitionTime ?? now,
    };
  });
}

/** Whether the bytes, which come in base64, begin as PEM does. */
function isRequest(base64: string | undefined): boolean {
  return base64?.startsWith("LS0tLS1CRUdJTi") === true;
}
