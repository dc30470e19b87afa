import type { Step } from "../../../../runtime/mod.ts";
import { conditionsHold, type MatchCondition, webhookNames } from "../../../api/cel/admission.ts";
import type { KindDefinition } from "../../../api/kind.ts";
import { namespaceRules as namespaceKind } from "../../../api/kinds/namespace.ts";
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
import { needsWebhook, whenInVersion } from "./other_version.ts";
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

/** A webhook that a request is meant for, and the version in which it is asked about it. */
export interface Meant {
  /** Its place among all. */
  readonly at: number;
  readonly hook: Hook;
  readonly kind: KindDefinition;
}

/** What is done with those that a request is meant for. */
export interface EachMeant {
  readonly hooks: readonly Hook[];
  readonly labels: Labels | undefined;
  /** Which one is the first that is looked at. Default: the first of all. */
  readonly from?: number;
  /** Takes one; whether the next ones are to be looked at now. */
  readonly meant: (found: Meant, step: Step) => boolean;
  /** All were looked at, or of one it cannot be told. */
  readonly done: Verdict;
}

/** Finds those that are to be asked, in order: their conditions are about the request in the version that they see. */
export function eachMeant(admitting: Admitting, step: Step, each: EachMeant) {
  const { hooks, labels, from = 0, meant, done } = each;
  for (let at = from; at < hooks.length; at++) {
    const hook = hooks[at] as Hook;
    const { webhook } = hook;
    if (isExempt(admitting) || !isSelected(admitting, webhook, labels)) continue;
    const kind = matchedKind(admitting, { rules: webhook.rules ?? [], matchPolicy: webhook.matchPolicy });
    if (!kind) continue;
    if (hasConditions(webhook) && needsWebhook(admitting, kind)) {
      return whenInVersion(admitting, step, {
        kind,
        done(shown, later) {
          const holds = shown.ok ? isToBeAsked(shown.value, webhook, kind) : failed(internalError(shown.failure));
          if (!holds.ok) return done(holds.failure, later);
          if (!holds.value || meant({ at, hook, kind }, later)) eachMeant(admitting, later, { ...each, from: at + 1 });
        },
      });
    }
    const holds = isToBeAsked(admitting, webhook, kind);
    if (!holds.ok) return done(holds.failure, step);
    if (holds.value && !meant({ at, hook, kind }, step)) return;
  }
  done(undefined, step);
}

interface Conditional {
  readonly matchConditions?: readonly MatchCondition[];
}

function hasConditions(webhook: Webhook): boolean {
  return ((webhook as Conditional).matchConditions ?? []).length > 0;
}

/** Whether the conditions of a webhook hold for a request as a version of its kind shows it. */
function isToBeAsked(shown: Admitting, webhook: Webhook, kind: KindDefinition): Result<boolean, Status> {
  if (!hasConditions(webhook)) return ok(true);
  const names = namesOf(admissionRequest(shown, kind)).set("authorizer", authorizerFor(shown));
  const holds = conditionsHold((webhook as Conditional).matchConditions ?? [], names, webhookNames);
  if (typeof holds === "boolean") return ok(holds);
  if (webhook.failurePolicy === "Ignore") return ok(false);
  const { call, draft } = shown;
  return failed(forbiddenStatus(groupResource(call), call.name || (draft?.metadata.name ?? ""), holds));
}

/** What becomes of a request that a webhook has not let in; undefined: it goes on all the same. */
export function refusalOf({ name, failurePolicy }: Webhook, failure: CallFailure): Status | undefined {
  if (failure.sort === "denied") return failure.status;
  if (failurePolicy === "Ignore") return undefined;
  return internalError(`failed calling webhook ${JSON.stringify(name)}: ${failure.why}`);
}
