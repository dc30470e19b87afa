import type { CertificateSigningRequest } from "../../api/kinds/certificate_signing_request.ts";
import { certificateSigningRequest as requestKind } from "../../api/kinds/certificate_signing_request.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import { present } from "../../kit/present.ts";
import type { ReadRequestAnswer, SigningRequest, SignRequestAnswer } from "../../signing/messages.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";
import { staleAtMs } from "./certificate_signing_request/age.ts";
import {
  type Asked,
  clientSigner,
  judgeRequest,
  kubeletClientSigner,
  kubeletServingSigner,
} from "./certificate_signing_request/signers.ts";

type Request = Frozen<CertificateSigningRequest>;

interface Observed {
  readonly verdict: "none" | "approved" | "denied";
  readonly isDone: boolean;
  readonly staleAtMs: number | undefined;
}

interface Difference extends Observed {
  readonly request: Request;
}

const ownSigners: readonly string[] = [clientSigner, kubeletClientSigner, kubeletServingSigner];
/** Clocks of clients may be slow. */
const backdatedMs = 300_000;
const secondsMax = 365 * 86_400;
const secondsMin = 600;

const accessReview: Kind = {
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SubjectAccessReview",
  plural: "subjectaccessreviews",
  namespaced: false,
};

/**
 * Approves kubelets' requests for client certificates where they may ask for them, signs what is approved for the
 * cluster's own signers, and removes what is of no use any more: Kubernetes' controllers `csrapproving`, `csrsigning` and
 * `csrcleaner` in one. Watches CertificateSigningRequests, writes their approval and status, deletes them. Follows
 * "Certificates and Certificate Signing Requests".
 */
export const certificateSigningRequest = defineLoop<Request, Observed, Difference>({
  name: "certificate-signing-request",
  component: "certificate-controller",
  watches: [
    watch<CertificateSigningRequest>({
      kind: requestKind,
      keys: ({ type, object }) => (type === "deleted" ? [] : [object.metadata.name]),
    }),
  ],

  obtain: (key, listers) => listers.of(requestKind).get(key),

  observe(request) {
    const { conditions = [], certificate = "" } = request.status;
    const has = (type: string) => conditions.some((each) => each.type === type && each.status === "True");
    const verdict = has("Denied") ? "denied" : has("Approved") ? "approved" : "none";
    return { verdict, isDone: certificate !== "" || has("Failed"), staleAtMs: staleAtMs(request) };
  },

  difference: (request, observed) => ({ request, ...observed }),

  reconcile({ request, verdict, isDone, staleAtMs: at }, { nowMs }): Plan {
    const { name, uid = "" } = request.metadata;
    if (at !== undefined && at <= nowMs) return { actions: [{ op: "delete", kind: requestKind, name, uid }] };
    const waits = present({ againAfterMs: at === undefined ? undefined : at - nowMs });
    const { signerName } = request.spec;
    if (isDone || verdict === "denied" || !ownSigners.includes(signerName)) return { ...nothingToDo, ...waits };
    if (verdict === "none" && signerName !== kubeletClientSigner) return { ...nothingToDo, ...waits };
    const next = (asked: Asked) =>
      verdict === "approved" ? signing(request, asked, nowMs) : approving(request, asked, nowMs);
    return { actions: [reading(request, nowMs, next)], ...waits };
  },
});

function askSigning(
  request: Request,
  question: SigningRequest,
  answered: (answer: unknown) => readonly Action[],
): Action {
  return {
    op: "device",
    kind: requestKind,
    name: request.metadata.name,
    device: "signing",
    request: question,
    answered,
  };
}

/** What cannot be read is nobody's, until it is approved: then it has failed. */
function reading(request: Request, nowMs: number, next: (asked: Asked) => readonly Action[]): Action {
  const { request: bytes, usages = [] } = request.spec;
  return askSigning(request, { op: "readRequest", request: bytes }, (any) => {
    const answer = (any ?? { ok: false, message: "the signing device is gone" }) as ReadRequestAnswer;
    if (answer.ok) return next({ identity: answer.identity, usages });
    return isApproved(request)
      ? failing(request, `unable to parse csr ${JSON.stringify(request.metadata.name)}: ${answer.message}`, nowMs)
      : [];
  });
}

function isApproved({ status }: Request): boolean {
  return (status.conditions ?? []).some(({ type, status: is }) => type === "Approved" && is === "True");
}

function signing(request: Request, asked: Asked, nowMs: number): readonly Action[] {
  const judged = judgeRequest(request.spec.signerName, asked);
  if (judged && !judged.ok) return failing(request, judged.failure, nowMs);
  const { expirationSeconds = secondsMax } = request.spec;
  const seconds = Math.max(secondsMin, Math.min(secondsMax, expirationSeconds));
  const terms = { usages: asked.usages, notBeforeMs: nowMs - backdatedMs, notAfterMs: nowMs + seconds * 1000 };
  return [
    askSigning(request, { op: "signRequest", request: request.spec.request, ...terms }, (any) => {
      const answer = (any ?? { ok: false, message: "the signing device is gone" }) as SignRequestAnswer;
      if (!answer.ok) return failing(request, answer.message, nowMs);
      return [writing(request, { ...request.status, certificate: answer.certificate })];
    }),
  ];
}

/** A kubelet may ask for a client certificate for itself, or with its bootstrap token for the node that it is to be. */
function approving(request: Request, asked: Asked, nowMs: number): readonly Action[] {
  const { signerName, username = "", groups, uid, extra } = request.spec;
  if (!judgeRequest(signerName, asked)?.ok) return [];
  const isItself = username === asked.identity.commonName;
  const rights = [...(isItself ? [selfRight] : []), nodeRight];
  const asking = ([right, ...others]: readonly Right[]): readonly Action[] => {
    if (!right) return [];
    const { subresource, message } = right;
    const resource = {
      group: "certificates.k8s.io",
      resource: "certificatesigningrequests",
      verb: "create",
      subresource,
    };
    const spec = {
      user: username,
      groups: [...(groups ?? [])],
      ...present({ uid, extra }),
      resourceAttributes: resource,
    };
    const object = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", metadata: {}, spec };
    return [
      {
        op: "review",
        kind: accessReview,
        object: object as unknown as KubeObject,
        found(outcome) {
          const { status } = (outcome.ok ? outcome.value : {}) as { readonly status?: { readonly allowed?: boolean } };
          return status?.allowed ? [approval(request, message, nowMs)] : asking(others);
        },
      },
    ];
  };
  return asking(rights);
}

interface Right {
  readonly subresource: string;
  readonly message: string;
}

const selfRight: Right = {
  subresource: "selfnodeclient",
  message: "Auto approving self kubelet client certificate after SubjectAccessReview.",
};
const nodeRight: Right = {
  subresource: "nodeclient",
  message: "Auto approving kubelet client certificate after SubjectAccessReview.",
};

function approval(request: Request, message: string, nowMs: number): Action {
  const status = withCondition(request, { type: "Approved", reason: "AutoApproved", message }, nowMs);
  const object = { ...request, status } as Frozen<KubeObject>;
  return { op: "update", kind: requestKind, object, subresource: "approval" };
}

function failing(request: Request, message: string, nowMs: number): readonly Action[] {
  return [
    writing(request, withCondition(request, { type: "Failed", reason: "SignerValidationFailure", message }, nowMs)),
  ];
}

function withCondition({ status }: Request, said: { type: string; reason: string; message: string }, nowMs: number) {
  const at = formatTime(nowMs);
  const condition = { ...said, status: "True", lastUpdateTime: at, lastTransitionTime: at };
  return { ...status, conditions: [...(status.conditions ?? []), condition] };
}

function writing(request: Request, status: object): Action {
  const object = { ...request, status } as Frozen<KubeObject>;
  return { op: "update", kind: requestKind, object, subresource: "status", accept: ["NotFound"] };
}
