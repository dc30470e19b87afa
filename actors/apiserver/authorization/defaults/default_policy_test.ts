import { assert, test } from "../../../../properties/house/test.ts";
import type { ClusterRole } from "../../../api/kinds/cluster_role.ts";
import type { RoleBinding } from "../../../api/kinds/role_binding.ts";
import { registry } from "../../../api/registry.ts";
import type { KubeObject } from "../../../api/types.ts";
import { defaultPolicy } from "./default_policy.ts";
import { reconciled } from "./reconcile.ts";
import { autoUpdateAnnotation } from "./rule.ts";

const named = (kind: string) => defaultPolicy.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);

test("the default policy has the roles that Kubernetes documents, and one of each name", () => {
  const roles = named("ClusterRole");
  for (const name of [
    ...["cluster-admin", "admin", "edit", "view", "system:basic-user", "system:discovery", "system:public-info-viewer"],
    ...["system:kube-scheduler", "system:volume-scheduler", "system:kube-controller-manager", "system:node"],
    ...["system:node-proxier", "system:auth-delegator", "system:heapster", "system:kube-aggregator", "system:kube-dns"],
    ...["system:kubelet-api-admin", "system:node-bootstrapper", "system:node-problem-detector", "system:monitoring"],
    ...["system:persistent-volume-provisioner", "system:service-account-issuer-discovery"],
    ...[
      "attachdetach-controller",
      "certificate-controller",
      "clusterrole-aggregation-controller",
      "cronjob-controller",
    ],
    ...["daemon-set-controller", "deployment-controller", "disruption-controller", "endpoint-controller"],
    ...["expand-controller", "generic-garbage-collector", "horizontal-pod-autoscaler", "job-controller"],
    ...["namespace-controller", "node-controller", "persistent-volume-binder", "pod-garbage-collector"],
    ...["pv-protection-controller", "pvc-protection-controller", "replicaset-controller", "replication-controller"],
    ...["resourcequota-controller", "root-ca-cert-publisher", "route-controller", "service-account-controller"],
    ...["service-controller", "statefulset-controller", "ttl-controller"],
  ]) {
    const full = name.endsWith("controller") && !name.startsWith("system:") ? `system:controller:${name}` : name;
    assert.ok(roles.includes(full) || roles.includes(`system:controller:${name}`), name);
  }
  const keys = defaultPolicy.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
  assert.equal(new Set(keys).size, keys.length);
});

test("each default object is one that its kind lets be, with the marks of defaults, and each binding has its role", () => {
  for (const object of defaultPolicy) {
    const kind = registry.kinds.find((each) => each.kind === object.kind);
    const draft = structuredClone(object) as KubeObject;
    kind?.applyDefaults(draft as never);
    assert.deepEqual(kind?.validate(draft as never), [], object.metadata.name);
    assert.equal(object.metadata.annotations?.[autoUpdateAnnotation], "true");
    assert.equal(object.metadata.labels?.["kubernetes.io/bootstrapping"], "rbac-defaults");
    if (!("roleRef" in object)) continue;
    const { namespace } = object.metadata;
    const role = defaultPolicy.find(
      ({ kind, metadata }) =>
        kind === object.roleRef.kind &&
        metadata.name === object.roleRef.name &&
        (kind === "ClusterRole" || metadata.namespace === namespace),
    );
    assert.ok(role, object.metadata.name);
  }
});

test("nobody but administrators has everything by default", () => {
  const isAll = (rule: NonNullable<ClusterRole["rules"]>[number]) =>
    rule.verbs.includes("*") && (rule.resources ?? []).includes("*");
  const roles = (defaultPolicy as ClusterRole[]).filter(({ rules }) => rules?.some(isAll));
  assert.deepEqual(
    roles.map(({ metadata }) => metadata.name),
    ["cluster-admin"],
  );
  const holders = (defaultPolicy as RoleBinding[]).filter(({ roleRef }) => roleRef?.name === "cluster-admin");
  assert.deepEqual(
    holders.flatMap(({ subjects = [] }) => subjects.map(({ kind, name }) => `${kind} ${name}`)),
    ["Group system:masters", "Group kubeadm:cluster-admins"],
  );
});

function found<T extends KubeObject>(kind: string, name: string): T {
  const object = defaultPolicy.find((each) => each.kind === kind && each.metadata.name === name);
  return structuredClone(object) as unknown as T;
}

test("reconciled() gives a role what it lacks, and takes nothing away", () => {
  const name = "system:kube-dns";
  const wanted = found<ClusterRole>("ClusterRole", name);
  const extra = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };
  const stored = found<ClusterRole>("ClusterRole", name);
  stored.metadata = { ...stored.metadata, uid: "u", resourceVersion: "7", labels: { mine: "kept" } };
  assert.deepEqual(reconciled(wanted, structuredClone(wanted)), undefined);
  stored.rules = [extra, { verbs: ["list", "watch"], apiGroups: [""], resources: ["services"] }];
  const next = reconciled(wanted, stored) as ClusterRole;
  assert.deepEqual(next.rules?.slice(0, 2), stored.rules);
  assert.deepEqual(
    next.rules?.slice(2).map(({ verbs, resources }) => [verbs, resources]),
    [
      [["list"], ["endpoints"]],
      [["watch"], ["endpoints"]],
    ],
  );
  assert.deepEqual(next.metadata.labels, { "kubernetes.io/bootstrapping": "rbac-defaults", mine: "kept" });
  assert.equal(next.metadata.uid, "u");
  assert.equal(reconciled(wanted, next), undefined, "it is done at once");
  stored.metadata.annotations = { [autoUpdateAnnotation]: "false" };
  assert.equal(reconciled(wanted, stored), undefined);
});

test("reconciled() puts right who has a role, and what it is made of", () => {
  const wanted = found<RoleBinding>("ClusterRoleBinding", "system:discovery");
  const stored = found<RoleBinding>("ClusterRoleBinding", "system:discovery");
  const somebody = { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane" };
  stored.subjects = [somebody];
  assert.deepEqual((reconciled(wanted, stored) as RoleBinding).subjects, [somebody, ...(wanted.subjects ?? [])]);
  stored.roleRef = { ...stored.roleRef, name: "cluster-admin" };
  const next = reconciled(wanted, stored) as RoleBinding;
  assert.deepEqual([next.roleRef, next.subjects], [wanted.roleRef, wanted.subjects]);
  const admin = found<ClusterRole>("ClusterRole", "admin");
  // Its rules are those of others: they are not its own to lack.
  const filled = { ...admin, rules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }] };
  assert.equal(reconciled(admin, filled), undefined);
  const bare = { ...filled, aggregationRule: { clusterRoleSelectors: [] } };
  assert.deepEqual((reconciled(admin, bare) as ClusterRole).aggregationRule, admin.aggregationRule);
});
