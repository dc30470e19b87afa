import type { PolicyRule } from "kubernetes-types/rbac/v1.js";
import { type ClusterRole, clusterRole } from "../../api/kinds/cluster_role.ts";
import { matchesLabels, toSelector } from "../../api/label_selector.ts";
import { type Frozen, jsonEqual } from "../../api/types.ts";
import { defineLoop, type Listers, watch } from "../loop.ts";
import { nothingToDo } from "../plan.ts";

type Rules = readonly Frozen<PolicyRule>[];

const fieldManager = "clusterrole-aggregation-controller";

/** A role that is made of others, and the rules that it is to have. */
interface Difference {
  readonly role: Frozen<ClusterRole>;
  readonly rules: Rules;
}

/**
 * Gives ClusterRoles that are made of others the rules of these: of those that their selectors mean, by name, no rule
 * twice. It watches and applies ClusterRoles, and follows Kubernetes' `clusterrole-aggregation-controller`.
 */
export const clusterRoleAggregation = defineLoop<Frozen<ClusterRole>, Rules, Difference | undefined>({
  name: "clusterrole-aggregation",
  component: "clusterrole-aggregation-controller",
  watches: [
    watch<ClusterRole>({
      kind: clusterRole,
      // Whatever changes may be meant by some selector: those that have any are few.
      keys: (_change, { listers }) => aggregated(listers).map(({ metadata }) => metadata.name),
    }),
  ],

  obtain(key, listers) {
    const found = listers.of(clusterRole).get(key);
    return found?.aggregationRule && !found.metadata.deletionTimestamp ? found : undefined;
  },

  observe: (role, listers) => rulesFor(role, listers),

  difference: (role, rules) => (jsonEqual(rules, role.rules ?? []) ? undefined : { role, rules }),

  reconcile(difference) {
    if (!difference) return nothingToDo;
    const { role, rules } = difference;
    const { apiVersion, kind, metadata } = role;
    const { name } = metadata;
    return {
      actions: [
        {
          op: "patch",
          kind: clusterRole,
          name,
          patch: { apiVersion, kind, metadata: { name }, rules },
          contentType: "application/apply-patch+yaml",
          query: { fieldManager, force: "true" },
        },
      ],
    };
  },
});

function aggregated(listers: Listers): Frozen<ClusterRole>[] {
  return [...listers.of(clusterRole).values()].filter(({ aggregationRule }) => aggregationRule !== undefined);
}

function rulesFor({ metadata, aggregationRule }: Frozen<ClusterRole>, listers: Listers): Rules {
  const others = [...listers.of(clusterRole).values()]
    .filter((other) => other.metadata.name !== metadata.name)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules: Frozen<PolicyRule>[] = [];
  for (const each of aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = toSelector(each);
    if (!selector.ok) continue;
    for (const other of others) {
      if (!matchesLabels(selector.value, other.metadata.labels)) continue;
      for (const rule of other.rules ?? []) if (!rules.some((known) => jsonEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
