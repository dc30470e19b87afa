import type { Step } from "../../../runtime/mod.ts";
import { validatingWebhookConfigurationRules as validatingWebhookConfiguration } from "../../api/kinds/validating_webhook_configuration.ts";
import type { Status } from "../../api/status.ts";
import { cacheOf } from "../server.ts";
import type { AdmissionPlugin, Admitting, Verdict } from "./_plugin.ts";
import { callWebhook } from "./dynamic/call_webhook.ts";
import { eachMeant, hooksOf, type Meant, refusalOf, withNamespace } from "./dynamic/hooks.ts";

/**
 * Asks all webhooks that want to judge a request, at the same time; the first of them that says no decides.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: "ValidatingAdmissionWebhook",
  place: 34,
  handles: [{ operations: ["CREATE", "UPDATE", "DELETE", "CONNECT"], resources: ["*/*"] }],
  isIdle: ({ server }) => cacheOf(server, validatingWebhookConfiguration).items.size === 0,
  validate(admitting, verdict, step) {
    const hooks = hooksOf(admitting, validatingWebhookConfiguration);
    withNamespace(admitting, step, {
      verdict,
      go(namespace, now) {
        const labels = namespace?.metadata.labels ?? (admitting.call.namespace === "" ? undefined : {});
        const asked: Meant[] = [];
        eachMeant(admitting, now, {
          ...{ hooks, labels },
          meant: (found) => asked.push(found) > 0,
          done(refusal, later) {
            if (refusal || asked.length === 0) verdict(refusal, later);
            else askAll({ admitting, asked, verdict }, later);
          },
        });
      },
    });
  },
};

interface Judging {
  readonly admitting: Admitting;
  readonly asked: readonly Meant[];
  readonly verdict: Verdict;
}

function askAll({ admitting, asked, verdict }: Judging, step: Step) {
  const refusals: (Status | undefined)[] = [];
  let left = asked.length;
  for (const [index, { hook, kind }] of asked.entries()) {
    const { webhook } = hook;
    callWebhook(
      {
        ...{ admitting, webhook, kind, mutating: false },
        done(outcome, later) {
          refusals[index] = outcome.ok ? undefined : refusalOf(webhook, outcome.failure);
          if (--left > 0) return;
          verdict(
            refusals.find((each) => each !== undefined),
            later,
          );
        },
      },
      step,
    );
  }
}
