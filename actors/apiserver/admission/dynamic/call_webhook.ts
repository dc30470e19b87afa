import type { MutatingWebhook, ValidatingWebhook } from "kubernetes-types/admissionregistration/v1.js";
import type { Step } from "../../../../runtime/mod.ts";
import type { KindDefinition } from "../../../api/kind.ts";
import { badRequest, type Status } from "../../../api/status.ts";
import type { Frozen } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import { warn } from "../../requests/call.ts";
import { uuid } from "../../requests/uid.ts";
import { askWebhook } from "../../webhooks/ask_webhook.ts";
import type { Admitting } from "../_plugin.ts";
import { whenInVersion } from "./other_version.ts";
import { admissionRequest, isRehearsal } from "./request.ts";
import { type Expected, readReview, reviewText, reviewVersionOf } from "./review.ts";

/** A webhook of either sort. */
export type Webhook = Frozen<ValidatingWebhook> | Frozen<MutatingWebhook>;

/** What came of a call: a patch, or nothing, when it lets the request in. */
export type CallOutcome = Result<{ readonly patch: unknown }, CallFailure>;

/** Why a webhook does not let a request in: because it says so, or because it could not be asked, and why. */
export type CallFailure =
  | { readonly sort: "denied"; readonly status: Status }
  | { readonly sort: "unasked"; readonly why: string };

/** A call of a webhook. */
export interface WebhookCall {
  readonly admitting: Admitting;
  readonly webhook: Webhook;
  /** In which version the object is shown. */
  readonly kind: KindDefinition;
  readonly mutating: boolean;
  readonly done: (outcome: CallOutcome, step: Step) => void;
}

/** A longer answer is none: no patch of an object can be that long. */
const answerBytesMax = 8 * 1024 * 1024;
const secondsDefault = 10;

/** Asks a webhook, and waits no longer than it says. */
export function callWebhook(called: WebhookCall, step: Step) {
  const { admitting, webhook, kind, mutating, done } = called;
  const unasked = (why: string, later: Step) => done(failed({ sort: "unasked", why }), later);
  const { name, sideEffects, clientConfig, admissionReviewVersions, timeoutSeconds = secondsDefault } = webhook;
  if (isRehearsal(admitting) && sideEffects !== "None" && sideEffects !== "NoneOnDryRun") {
    const status = badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
    return done(failed({ sort: "denied", status }), step);
  }
  const version = reviewVersionOf(admissionReviewVersions);
  if (version === undefined) return unasked("could not create admission objects: no review version is known", step);
  const uid = uuid(step);
  const expected: Expected = { version, uid, mutating };
  const ask = (shown: Admitting, now: Step) =>
    askWebhook(admitting.server, now, {
      clientConfig,
      body: reviewText(version, uid, admissionRequest(shown, kind)),
      seconds: timeoutSeconds,
      bytesMax: answerBytesMax,
      asker: "kube-apiserver-admission",
      done: (answer, later) =>
        answer.ok
          ? done(outcomeOf(answer.value, { called, expected }), later)
          : unasked(`failed to call webhook: ${answer.failure}`, later),
    });
  whenInVersion(admitting, step, {
    kind,
    done: (shown, now) => (shown.ok ? ask(shown.value, now) : unasked(shown.failure, now)),
  });
}

function outcomeOf(
  text: string,
  { called, expected }: { readonly called: WebhookCall; readonly expected: Expected },
): CallOutcome {
  const read = readReview(text, expected);
  if (!read.ok) return failed({ sort: "unasked", why: read.failure });
  const { allowed, status, patch, warnings } = read.value;
  warn(called.admitting.call, warnings);
  if (allowed) return ok({ patch });
  return failed({ sort: "denied", status: denial(called.webhook.name, status) });
}

/** What a client is told of a webhook's refusal: never that all is well. */
function denial(name: string, said: Partial<Status> = {}): Status {
  const { message, reason, code = 0 } = said;
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`;
  const why = message || reason;
  return {
    ...said,
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: why ? `${denied}: ${why}` : `${denied} without explanation`,
    code: Number.isInteger(code) && code >= 400 && code <= 599 ? code : 400,
  };
}
