import type { Step } from "../../../runtime/mod.ts";
import { invalid } from "../../api/field_error.ts";
import { defineKind } from "../../api/kind.ts";
import { serviceAccountRules as serviceAccount } from "../../api/kinds/service_account.ts";
import { internalError, invalidObject, notFound } from "../../api/status.ts";
import { formatTime } from "../../api/time.ts";
import type { KubeObject, ServiceAccount } from "../../api/types.ts";
import type { SignAnswer, SigningRequest } from "../../signing/messages.ts";
import { admit } from "../admission/_chain.ts";
import { readObject } from "../requests/body.ts";
import { type Call, groupResource, isDryRun, respondStatus, respondText } from "../requests/call.ts";
import { uuid } from "../requests/uid.ts";
import type { Server } from "../server.ts";
import { type Bound, type BoundObjectReference, bindToken } from "../tokens/bind_token.ts";
import { issuerOf, tokenClaims } from "../tokens/claims.ts";
import { lookUp } from "../tokens/look_up.ts";
import type { Subresource } from "./_subresource.ts";

interface TokenRequest extends KubeObject {
  spec: {
    audiences?: string[];
    expirationSeconds?: number;
    boundObjectRef?: BoundObjectReference;
  };
}

const kind = defineKind<TokenRequest>({
  group: "authentication.k8s.io",
  kind: "TokenRequest",
  plural: "tokenrequests",
  namespaced: false,
  verbs: ["create"],
  schema: "io.k8s.api.authentication.v1.TokenRequest",
});

const secondsDefault = 3_600;
const secondsMin = 600;
const secondsMax = 2 ** 32;
/** What the volumes ask for that pods are given by admission: it means a year, and a warning after an hour. */
const warnOnlySeconds = 3_607;
const extendedSeconds = 365 * 24 * 3_600;

/**
 * Gives a token of a service account: for so long, for some audiences, and, if wanted, only as long as a pod, a Secret
 * or a node is there.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
export const token: Subresource = {
  name: "token",
  isOf: ({ group, plural }) => group === serviceAccount.group && plural === serviceAccount.plural,
  verbs: ["create"],
  responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
  serve: createToken,
};

function createToken(server: Server, call: Call, step: Step) {
  const read = readObject(call, kind as never);
  if (!read.ok) return respondStatus(call, step, read.failure);
  const draft = read.value as TokenRequest;
  const { namespace, name } = call;
  const wrongPlace = placeErrors(draft, call);
  if (wrongPlace.length > 0) return respondStatus(call, step, invalidObject(kind, name, wrongPlace));
  lookUp<ServiceAccount>(
    server,
    {
      kind: serviceAccount,
      namespace,
      name,
      done: (found, later) => {
        if (!found.ok) return respondStatus(call, later, found.failure);
        if (!found.value) return respondStatus(call, later, notFound(groupResource(call), name));
        const account = found.value;
        complete(draft, { server, call }, later);
        const errors = durationErrors(draft);
        if (errors.length > 0) return respondStatus(call, later, invalidObject(kind, "", errors));
        admit(
          { operation: "CREATE", server, call, draft },
          (refusal, now) => {
            if (refusal) return respondStatus(call, now, refusal);
            bindToken(
              server,
              {
                call,
                reference: draft.spec.boundObjectRef,
                done: (bound, last) => {
                  if (!bound.ok) return respondStatus(call, last, bound.failure);
                  sign(server, { call, draft, account, bound: bound.value }, last);
                },
              },
              now,
            );
          },
          later,
        );
      },
    },
    step,
  );
}

function placeErrors({ metadata }: TokenRequest, { namespace, name }: Call) {
  if (metadata.name && metadata.name !== name) {
    return [invalid("metadata.name", metadata.name, "must match the service account name if specified")];
  }
  if (metadata.namespace && metadata.namespace !== namespace) {
    const why = "must match the service account namespace if specified";
    return [invalid("metadata.namespace", metadata.namespace, why)];
  }
  return [];
}

function complete(draft: TokenRequest, { server, call }: { readonly server: Server; readonly call: Call }, step: Step) {
  const { spec, metadata } = draft;
  metadata.name = call.name;
  metadata.namespace = call.namespace;
  metadata.creationTimestamp = formatTime(step.nowMs);
  spec.expirationSeconds ??= secondsDefault;
  if ((spec.audiences ?? []).length === 0) spec.audiences = [issuerOf(server.input)];
}

function durationErrors({ spec: { expirationSeconds = secondsDefault } }: TokenRequest) {
  const error = (why: string) => [invalid("spec.expirationSeconds", expirationSeconds, why)];
  if (expirationSeconds < secondsMin) return error("may not specify a duration less than 10 minutes");
  return expirationSeconds > secondsMax ? error("may not specify a duration larger than 2^32 seconds") : [];
}

interface Signing {
  readonly call: Call;
  readonly draft: TokenRequest;
  readonly account: Parameters<typeof tokenClaims>[0]["account"];
  readonly bound: Bound;
}

function sign(server: Server, { call, draft, account, bound }: Signing, step: Step) {
  const { expirationSeconds = secondsDefault, audiences = [], boundObjectRef } = draft.spec;
  const issuer = issuerOf(server.input);
  const isForApi = audiences.length === 1 && audiences[0] === issuer;
  const isExtended = bound.pod !== undefined && expirationSeconds === warnOnlySeconds && isForApi;
  const claimed = {
    ...{ account, bound, audiences, issuer, id: uuid(step) },
    expirationSeconds: isExtended ? extendedSeconds : expirationSeconds,
    ...(isExtended ? { warnAfterSeconds: expirationSeconds } : {}),
  };
  const claims = JSON.stringify(tokenClaims(claimed, step.nowMs));
  const expirationTimestamp = formatTime(step.nowMs + expirationSeconds * 1_000);
  const respond = (made: string, later: Step) => {
    const spec = { audiences, expirationSeconds, boundObjectRef: boundObjectRef ?? null };
    const body = JSON.stringify({ ...draft, spec, status: { token: made, expirationTimestamp } });
    respondText(call, later, { code: 201, body });
  };
  // Kubernetes' server gives one all the same; that of a rehearsal is worth nothing there either.
  if (isDryRun(call)) return respond("", step);
  const request: SigningRequest = { op: "sign", claims };
  server.asks.wait<SignAnswer>(step.device("signing", request), (answer, later) => {
    if (answer.ok && answer.value.ok) return respond(answer.value.token, later);
    const why = answer.ok && !answer.value.ok ? answer.value.message : "the key does not answer";
    respondStatus(call, later, internalError(`failed to generate token: ${why}`));
  });
}
