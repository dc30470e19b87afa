import type { Step } from "../../../../runtime/mod.ts";
import { conditionsHold, type MatchCondition, webhookNames } from "../../../api/cel/admission.ts";
import type { KindDefinition } from "../../../api/kind.ts";
import { namespace as namespaceKind } from "../../../api/kinds/namespace.ts";
import { forbiddenStatus, internalError, type Status } from "../../../api/status.ts";
import type { Frozen, KubeObject, Namespace } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import { itemsUnder } from "../../cache/resource_cache.ts";
import { groupResource } from "../../requests/call.ts";
import { cacheOf } from "../../server.ts";
import { objectOf } from "../../storage/item.ts";
import { lookUp } from "../../tokens/look_up.ts";
import type { Admitting, Verdict } from "../_plugin.ts";
import { authorizerFor } from "./authorizer.ts";
import type { CallFailure, Webhook } from "./call_webhook.ts";
import { isExempt, isSelected, matchedKind } from "./matching.ts";
import { needsWebhook, unconvertible } from "./other_version.ts";
import { admissionRequest, namesOf } from "./request.ts";

/** A webhook, and where it stands. */
export interface Hook {
  /** Its configuration and its own name. */
  readonly id: string;
  readonly webhook: Webhook;
}

interface Configuration extends KubeObject {
  readonly webhooks?: Webhook[];
}

type Labels = Readonly<Record<string, string>>;

/** All webhooks of a kind of configuration, in the order in which they are asked: by the configurations' names. */
export function hooksOf({ server }: Admitting, kind: KindDefinition): readonly Hook[] {
  const cache = cacheOf(server, kind);
  if (cache.items.size === 0) return [];
  return [...itemsUnder(cache, cache.prefix)].flatMap((item) => {
    const { metadata, webhooks = [] } = objectOf(item) as Frozen<Configuration>;
    return webhooks.map((webhook) => ({ id: `${metadata.name}/${webhook.name}`, webhook: webhook as Webhook }));
  });
}

/**
 * Goes on with what is known of the namespace of a request: its labels, undefined for what is in none. It is refused when
 * they cannot be found out.
 */
export function withNamespace(
  admitting: Admitting,
  step: Step,
  { go, verdict }: { go(namespace: Frozen<Namespace> | undefined, step: Step): void; readonly verdict: Verdict },
) {
  const { server, call } = admitting;
  if (call.namespace === "") return go(undefined, step);
  lookUp<Namespace>(
    server,
    {
      kind: namespaceKind,
      name: call.namespace,
      done: (found, later) => {
        if (found.ok) go(found.value, later);
        else verdict(found.failure, later);
      },
    },
    step,
  );
}

/** The version in which a webhook is asked about a request; undefined when it is not asked. */
export function meantKind(
  admitting: Admitting,
  webhook: Webhook,
  labels: Labels | undefined,
): Result<KindDefinition | undefined, Status> {
  if (isExempt(admitting) || !isSelected(admitting, webhook, labels)) return ok(undefined);
  const kind = matchedKind(admitting, { rules: webhook.rules ?? [], matchPolicy: webhook.matchPolicy });
  if (!kind) return ok(undefined);
  const { matchConditions = [] } = webhook as { readonly matchConditions?: readonly MatchCondition[] };
  if (matchConditions.length === 0) return ok(kind);
  if (needsWebhook(admitting, kind)) return failed(internalError(unconvertible));
  const names = namesOf(admissionRequest(admitting, kind)).set("authorizer", authorizerFor(admitting));
  const holds = conditionsHold(matchConditions, names, webhookNames);
  if (typeof holds === "boolean") return ok(holds ? kind : undefined);
  if (webhook.failurePolicy === "Ignore") return ok(undefined);
  const { call, draft } = admitting;
  return failed(forbiddenStatus(groupResource(call), call.name || (draft?.metadata.name ?? ""), holds));
}

/** What becomes of a request that a webhook has not let in; undefined: it goes on all the same. */
export function refusalOf({ name, failurePolicy }: Webhook, failure: CallFailure): Status | undefined {
  if (failure.sort === "denied") return failure.status;
  if (failurePolicy === "Ignore") return undefined;
  return internalError(`failed calling webhook ${JSON.stringify(name)}: ${failure.why}`);
}
