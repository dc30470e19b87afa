import type { KindDefinition } from "../../api/kind.ts";
import { validatingWebhookConfiguration } from "../../api/kinds/validating_webhook_configuration.ts";
import type { Status } from "../../api/status.ts";
import { cacheOf } from "../server.ts";
import type { AdmissionPlugin } from "./_plugin.ts";
import { callWebhook, type Webhook } from "./dynamic/call_webhook.ts";
import { hooksOf, meantKind, refusalOf, withNamespace } from "./dynamic/hooks.ts";

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
        const asked: { readonly webhook: Webhook; readonly kind: KindDefinition }[] = [];
        for (const { webhook } of hooks) {
          const kind = meantKind(admitting, webhook, labels);
          if (!kind.ok) return verdict(kind.failure, now);
          if (kind.value) asked.push({ webhook, kind: kind.value });
        }
        if (asked.length === 0) return verdict(undefined, now);
        const refusals: (Status | undefined)[] = [];
        let left = asked.length;
        for (const [index, { webhook, kind }] of asked.entries()) {
          callWebhook(
            {
              ...{ admitting, webhook, kind, mutating: false },
              done: (outcome, later) => {
                refusals[index] = outcome.ok ? undefined : refusalOf(webhook, outcome.failure);
                if (--left === 0)
                  verdict(
                    refusals.find((each) => each !== undefined),
                    later,
                  );
              },
            },
            now,
          );
        }
      },
    });
  },
};
