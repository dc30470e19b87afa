import { configMap } from "../../api/kinds/config_map.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { secret } from "../../api/kinds/secret.ts";
import { serviceAccount } from "../../api/kinds/service_account.ts";
import { dayOf, isDay, legacyTokenLabels, legacyTokenTracking } from "../../api/legacy_tokens.ts";
import { referencesOf } from "../../api/pod_references.ts";
import { tokenSecretAnnotations, tokenSecretType } from "../../api/service_account_names.ts";
import { parseTime } from "../../api/time.ts";
import { type Frozen, keyOf, type Pod, type Secret, type ServiceAccount } from "../../api/types.ts";
import type { Outcome } from "../../client/outcome.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

/** A token that has not been used for so long is marked, and one that has been marked for so long is removed. */
const unusedMs = 365 * 24 * 3_600_000;
/** How often it is looked at. */
const againMs = 24 * 3_600_000;

/** What is to become of a Secret, if nobody has it mounted and its account names it; or when it is looked at again. */
type Due = { readonly do: "mark" | "remove"; readonly secret: Frozen<Secret> } | { readonly againAfterMs: number };

/**
 * Marks the tokens of Secrets that were made by themselves for accounts and that nobody has used for a year, and removes
 * them when they have been marked for a year; an API server takes none that is marked. Watches those Secrets, and reads
 * accounts, pods, and since when it is noted who uses them. Follows `legacy-service-account-token-cleaner-controller` of
 * Kubernetes (KEP 2799).
 */
export const legacyTokenCleaner = defineLoop<Frozen<Secret>, number, Due>({
  name: "legacy-token-cleaner",
  component: "legacy-service-account-token-cleaner",
  watches: [
    watch<Secret>({
      kind: secret,
      fieldSelector: `type=${tokenSecretType}`,
      keys: ({ type, object }) => (type === "deleted" ? [] : [keyOf(object)]),
    }),
  ],

  obtain(key, listers) {
    const found = listers.of(secret).get(key);
    return found && !found.metadata.deletionTimestamp ? found : undefined;
  },

  observe: ({ metadata }, _listers, { nowMs }) => nowMs - (parseTime(metadata.creationTimestamp ?? "") ?? nowMs),

  difference(object, ageMs, { nowMs }) {
    if (ageMs <= unusedMs) return { againAfterMs: Math.min(againMs, unusedMs - ageMs + 1) };
    const { [legacyTokenLabels.lastUsed]: lastUsed, [legacyTokenLabels.invalidSince]: invalidSince = "" } =
      object.metadata.labels ?? {};
    const keptSince = dayOf(nowMs - unusedMs);
    if (lastUsed !== undefined && (!isDay(lastUsed) || lastUsed >= keptSince)) return { againAfterMs: againMs };
    if (!isDay(invalidSince)) return { do: "mark", secret: object };
    return invalidSince >= keptSince ? { againAfterMs: againMs } : { do: "remove", secret: object };
  },

  reconcile(due, { nowMs }): Plan {
    if (!("do" in due)) return { ...nothingToDo, againAfterMs: due.againAfterMs };
    const { metadata } = due.secret;
    const { namespace = "", name, uid = "", resourceVersion = "" } = metadata;
    const label = { [legacyTokenLabels.invalidSince]: dayOf(nowMs) };
    const write: Action =
      due.do === "mark"
        ? {
            ...{ op: "patch", kind: secret, namespace, name, patch: { metadata: { uid, labels: label } } },
            ...{ contentType: "application/merge-patch+json", accept: ["Conflict"] },
          }
        : { op: "delete", kind: secret, namespace, name, uid, resourceVersion, accept: ["Conflict"] };
    return {
      actions: [whenTracked(nowMs, whenNamed(due.secret, unlessMounted(due.secret, write)))],
      againAfterMs: againMs,
    };
  },
});

/** Only if it has been noted for long enough who uses such tokens, from the day after the one that is written down. */
function whenTracked(nowMs: number, next: Action): Action {
  const found = (outcome: Outcome<unknown>): readonly Action[] => {
    const { data } = (outcome.ok ? outcome.value : {}) as { readonly data?: Readonly<Record<string, string>> };
    const since = parseTime(`${data?.[legacyTokenTracking.key]}T00:00:00Z`);
    return since === undefined || nowMs < since + againMs + unusedMs ? [] : [next];
  };
  return {
    op: "read",
    kind: configMap,
    namespace: legacyTokenTracking.namespace,
    name: legacyTokenTracking.name,
    found,
  };
}

/** Only if its account names it: then it was made by itself, and nobody asked for it. */
function whenNamed({ metadata }: Frozen<Secret>, next: Action): Action {
  const account = metadata.annotations?.[tokenSecretAnnotations.name] ?? "";
  const uid = metadata.annotations?.[tokenSecretAnnotations.uid] ?? "";
  const found = (outcome: Outcome<unknown>): readonly Action[] => {
    if (!outcome.ok) return [];
    const { secrets = [], metadata: whose } = outcome.value as Frozen<ServiceAccount>;
    const isMeant = uid === "" || uid === whose.uid;
    return isMeant && secrets.some(({ name }) => name === metadata.name) ? [next] : [];
  };
  return { op: "read", kind: serviceAccount, namespace: metadata.namespace, name: account, found };
}

/** Only if no pod refers to it. */
function unlessMounted({ metadata }: Frozen<Secret>, next: Action): Action {
  const found = (outcome: Outcome<unknown>): readonly Action[] => {
    if (!outcome.ok) return [];
    const { items } = outcome.value as { readonly items: readonly Frozen<Pod>[] };
    const isUsed = items.some((pod) =>
      [...referencesOf(pod)].some(([what, name]) => what === "secrets" && name === metadata.name),
    );
    return isUsed ? [] : [next];
  };
  return { op: "read", kind: podKind, namespace: metadata.namespace, name: "", found };
}
