import type {
  CertificateSigningRequestSpec,
  CertificateSigningRequestStatus,
} from "kubernetes-types/certificates/v1.js";
import { present } from "../../kit/present.ts";
import { addErrors, duplicate, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import { formatTime } from "../time.ts";
import { type Frozen, jsonEqual, type KubeObject, thaw } from "../types.ts";
import { certificatesProblem } from "../validation/certificate_pem.ts";
import { validateImmutable, validateUnique } from "../validation/metadata.ts";
import { signerNameErrors } from "../validation/signer_name.ts";

/** A request for a certificate. */
export interface CertificateSigningRequest extends KubeObject {
  spec: CertificateSigningRequestSpec;
  status: CertificateSigningRequestStatus;
}

const secondsMin = 600;
const legacySigner = "kubernetes.io/legacy-unknown";
/** What is said once of a request stays said, and is never said not to be. */
const verdicts = ["Approved", "Denied", "Failed"];
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
    const wanted = spec.usages ?? [];
    if (wanted.length === 0) errors.push(required("spec.usages"));
    wanted.forEach((usage, index) => {
      if (!usages.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, usages));
    });
    addErrors(
      errors,
      validateUnique(wanted, (index) => `spec.usages[${index}]`),
    );
    const { signerName = "" } = spec;
    if (signerName === legacySigner) {
      const text = "the legacy signerName is not allowed via this API version";
      errors.push(invalid("spec.signerName", signerName, text));
    } else addErrors(errors, signerNameErrors(signerName, "spec.signerName"));
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
    const errors = conditionErrors(conditionsOf(object), "status.conditions");
    const certificate = object.status?.certificate ?? "";
    const before = old.status?.certificate ?? "";
    const problem = certificate === "" || certificate === before ? undefined : certificatesProblem(certificate);
    if (problem !== undefined) errors.push(invalid("status.certificate", "<certificate data>", problem));
    const count = (all: readonly Condition[], type: string) => all.filter((each) => each.type === type).length;
    for (const type of verdicts) {
      if (count(conditionsOf(object), type) >= count(conditionsOf(old), type)) continue;
      errors.push(forbidden("status.conditions", `updates may not remove a condition of type "${type}"`));
    }
    if (before !== "" && certificate !== before) {
      errors.push(forbidden("status.certificate", "updates may not modify existing certificate content"));
    }
    return errors;
  },
});

function conditionErrors(conditions: readonly Condition[], at: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { type = "", status = "" }] of conditions.entries()) {
    const here = `${at}[${index}]`;
    const known = verdicts.includes(type) ? ["True"] : ["False", "True", "Unknown"];
    if (type === "") errors.push(required(`${here}.type`));
    if (status === "") errors.push(required(`${here}.status`));
    else if (!known.includes(status)) errors.push(notSupported(`${here}.status`, status, known));
    const other = type === "Approved" ? "Denied" : type === "Denied" ? "Approved" : undefined;
    if (other !== undefined && seen.has(other)) {
      errors.push(invalid(`${here}.type`, type, "Approved and Denied conditions are mutually exclusive"));
    }
    if (seen.has(type)) errors.push(duplicate(`${here}.type`, type));
    seen.add(type);
  }
  return errors;
}

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
