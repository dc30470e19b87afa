import type { Step } from "../../../runtime/mod.ts";
import { mutatingWebhookConfigurationRules as mutatingWebhookConfiguration } from "../../api/kinds/mutating_webhook_configuration.ts";
import { internalError } from "../../api/status.ts";
import { cacheOf } from "../server.ts";
import type { AdmissionPlugin, Admitting, Verdict } from "./_plugin.ts";
import { callWebhook, type Webhook } from "./dynamic/call_webhook.ts";
import { eachMeant, type Hook, hooksOf, type Meant, refusalOf, withNamespace } from "./dynamic/hooks.ts";
import { changeInVersion } from "./dynamic/other_version.ts";
import { beginRound, endRound, hasChanged, isInRound, type Round } from "./dynamic/rounds.ts";

/**
 * Asks the webhooks that want to change a request, one after the other: each sees what those before it made of the
 * object. Who says so is asked once more when somebody after it has changed the object.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: "MutatingAdmissionWebhook",
  place: 32,
  handles: [{ operations: ["CREATE", "UPDATE", "DELETE", "CONNECT"], resources: ["*/*"] }],
  isIdle: ({ server }) => cacheOf(server, mutatingWebhookConfiguration).items.size === 0,
  admit(admitting, verdict, step) {
    const hooks = hooksOf(admitting, mutatingWebhookConfiguration);
    withNamespace(admitting, step, {
      verdict,
      go(namespace, now) {
        const labels = namespace?.metadata.labels ?? (admitting.call.namespace === "" ? undefined : {});
        const round = beginRound(admitting, "MutatingAdmissionWebhook");
        const judged: Verdict = (refusal, later) => {
          endRound(round, admitting);
          verdict(refusal, later);
        };
        askNext({ admitting, hooks, labels, round, verdict: judged }, now, 0);
      },
    });
  },
};

interface Asking {
  readonly admitting: Admitting;
  readonly hooks: readonly Hook[];
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly round: Round;
  readonly verdict: Verdict;
}

function askNext(asking: Asking, step: Step, from: number) {
  const { admitting, hooks, labels, round, verdict } = asking;
  eachMeant(admitting, step, {
    ...{ hooks, labels, from, done: verdict },
    meant(found, now) {
      if (!isInRound(round, found.hook.id)) return true;
      ask(asking, now, found);
      return false;
    },
  });
}

function ask(asking: Asking, step: Step, { at, hook: { id, webhook }, kind }: Meant) {
  const { admitting, round, verdict } = asking;
  callWebhook(
    {
      ...{ admitting, webhook, kind, mutating: true },
      done(outcome, later) {
        if (!outcome.ok) {
          const refusal = refusalOf(webhook, outcome.failure);
          return refusal ? verdict(refusal, later) : askNext(asking, later, at + 1);
        }
        changeInVersion(admitting, later, {
          ...{ patch: outcome.value.patch, kind, by: `admission webhook "${webhook.name}"` },
          done(changed, now) {
            if (!changed.ok) return verdict(internalError(changed.failure), now);
            if (changed.value) hasChanged(round, admitting);
            if (isToBeAskedAgain(webhook)) round.reinvocable.add(id);
            askNext(asking, now, at + 1);
          },
        });
      },
    },
    step,
  );
}

function isToBeAskedAgain(webhook: Webhook): boolean {
  return "reinvocationPolicy" in webhook && webhook.reinvocationPolicy === "IfNeeded";
}
