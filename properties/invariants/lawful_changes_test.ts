import type { Frozen, KubeObject, Pod } from "../../actors/api/types.ts";
import type { World } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { lawless } from "./objects_change_lawfully.ts";
import { backward } from "./pods_go_forward.ts";
import { setsStartInOrder } from "./sets_start_in_order.ts";
import { taintsGiveTheirTime } from "./taints_give_their_time.ts";

type Parts = Record<string, unknown> & { readonly metadata?: object };

const deployment = ({ metadata, ...rest }: Parts = {}) =>
  ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", uid: "u1", creationTimestamp: "2030-01-01T00:00:00Z", generation: 3, ...metadata },
    spec: { replicas: 1 },
    status: { observedGeneration: 3 },
    ...rest,
  }) as unknown as Frozen<KubeObject>;

test("lawless() lets objects change as their API says", () => {
  assert.equal(lawless(deployment(), deployment({ metadata: { generation: 4 }, spec: { replicas: 2 } })), undefined);
  assert.equal(lawless(deployment(), deployment({ status: { observedGeneration: 3, replicas: 1 } })), undefined);
  const marked = { deletionTimestamp: "2030-01-01T00:00:01Z" };
  assert.equal(lawless(deployment(), deployment({ metadata: { ...marked, generation: 4 } })), undefined);
  const pod = (spec: object) => deployment({ kind: "Pod", apiVersion: "v1", spec });
  assert.equal(lawless(pod({}), pod({ nodeName: "node-1" })), undefined);
});

const lawlessChanges: readonly (readonly [why: RegExp, after: Frozen<KubeObject>, before?: Frozen<KubeObject>])[] = [
  [/its uid was u1 and is u2/, deployment({ metadata: { uid: "u2" } })],
  [/made at another time/, deployment({ metadata: { creationTimestamp: "2031-01-01T00:00:00Z" } })],
  [/called off/, deployment(), deployment({ metadata: { deletionTimestamp: "2030-01-01T00:00:01Z" } })],
  [/generation 4 was observed of 3/, deployment({ status: { observedGeneration: 4 } })],
  [/was 3 and is 3, its spec changed/, deployment({ spec: { replicas: 2 } })],
  [/was 3 and is 4, its spec did not change/, deployment({ metadata: { generation: 4 } })],
  [/was 3 and is 5/, deployment({ metadata: { generation: 5 }, spec: { replicas: 2 } })],
  [
    /its spec and its status were written at once/,
    deployment({ metadata: { generation: 4 }, spec: { replicas: 2 }, status: { observedGeneration: 4 } }),
  ],
];
for (const [why, after, before = deployment()] of lawlessChanges) {
  test(`lawless() notices ${why.source}`, () => assert.match(lawless(before, after) ?? "", why));
}

test("backward() notices a pod whose time goes back", () => {
  const status = (parts: object) => parts as Frozen<Pod["status"]>;
  const restarted = (restartCount: number) => status({ containerStatuses: [{ name: "main", restartCount }] });
  assert.equal(backward(restarted(1), restarted(2)), undefined);
  assert.match(backward(restarted(2), restarted(1)) ?? "", /had 2 restarts of main and now has 1/);
  assert.match(backward(status({ phase: "Failed" }), status({ phase: "Running" })) ?? "", /was Failed and is Running/);
  assert.match(backward(status({ startTime: "1" }), status({ startTime: "2" })) ?? "", /had started at 1/);
});

test("taintsGiveTheirTime notices a pod that is driven off before its time", () => {
  const taint = { key: "node.kubernetes.io/unreachable", effect: "NoExecute" };
  const toleration = { ...taint, operator: "Exists", tolerationSeconds: 300 };
  const pod = (tolerations: object[]) =>
    ({
      metadata: { name: "web" },
      spec: { nodeName: "node-1", tolerations },
      status: { conditions: [{ type: "DisruptionTarget", reason: "DeletionByTaintManager" }] },
    }) as unknown as Frozen<KubeObject>;
  const judge = (tolerations: object[], atMs: number) => {
    const { commit } = taintsGiveTheirTime.watch({} as World);
    const node = { metadata: { name: "node-1" }, spec: { taints: [taint] } } as unknown as Frozen<KubeObject>;
    const change = { revision: 1, previous: undefined };
    commit?.({ ...change, key: "/registry/minions/node-1", object: node, atMs: 1_000 });
    return commit?.({ ...change, key: "/registry/pods/default/web", object: pod(tolerations), atMs });
  };
  assert.match(judge([toleration], 300_000) ?? "", /default\/web was driven off node-1, whose taints it bears/);
  assert.equal(judge([toleration], 301_000), undefined);
  assert.equal(judge([], 1_000), undefined);
});

test("setsStartInOrder notices a pod that is made before its turn", () => {
  const key = "/registry/pods/default/db-1";
  const owner = { kind: "StatefulSet", apiVersion: "apps/v1", name: "db", uid: "s1", controller: true };
  const pod = (name: string, conditions: object[]) =>
    ({
      metadata: { name, namespace: "default", ownerReferences: [owner] },
      spec: {},
      status: { phase: "Running", conditions },
    }) as unknown as Frozen<KubeObject>;
  const judge = (podManagementPolicy: string, conditions: object[]) => {
    const set = { metadata: { uid: "s1" }, spec: { podManagementPolicy } };
    const { commit } = setsStartInOrder.watch({ get: () => set } as unknown as World);
    const change = { revision: 1, previous: undefined, atMs: 0 };
    commit?.({ ...change, key: "/registry/pods/default/db-0", object: pod("db-0", conditions) });
    return commit?.({ ...change, key, object: pod("db-1", []) });
  };
  assert.match(judge("OrderedReady", []) ?? "", /default\/db-1 was made before db-0 was ever ready/);
  assert.equal(judge("OrderedReady", [{ type: "Ready", status: "True" }]), undefined);
  assert.equal(judge("Parallel", []), undefined);
});
