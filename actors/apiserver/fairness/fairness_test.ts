import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, type Lab } from "../../../properties/stages/apiserver/lab.ts";
import type { Server } from "../server.ts";

const group = "flowcontrol.apiserver.k8s.io/v1";
const schemaHeader = "X-Kubernetes-PF-FlowSchema-UID";
const levelHeader = "X-Kubernetes-PF-PriorityLevel-UID";
const maps = "/api/v1/namespaces/default/configmaps";
const bob = { commonName: "bob", organizations: ["testers"] };

/** Gives everybody everything: these tests are about who comes first. */
function stage() {
  const lab = createLab();
  const body = {
    ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name: "all" } },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:authenticated" }],
  };
  assert.equal(lab.call("create", "clusterrolebindings", { body }).code, 201);
  lab.simulation.advance(50);
  return lab;
}

/** Under which schema and level a request went, by name. */
function flowOf(lab: Lab, url: string, organizations: string[], commonName = "x") {
  const headers = lab.http(url, { peer: { commonName, organizations } }).headers();
  const nameOf = (plural: string, uid: string | undefined) =>
    lab.call("list", plural).body.items.find((each: { metadata: { uid: string } }) => each.metadata.uid === uid)
      ?.metadata.name;
  return [nameOf("flowschemas", headers[schemaHeader]), nameOf("prioritylevelconfigurations", headers[levelHeader])];
}

test("requests go under the schemas that every cluster has, and answers say under which", () => {
  const lab = stage();
  assert.equal(lab.call("list", "flowschemas").body.items.length, 13);
  assert.equal(lab.call("list", "prioritylevelconfigurations").body.items.length, 8);
  const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n";
  const table: readonly (readonly [url: string, groups: string[], name: string, expected: string[]])[] = [
    ["/api/v1/nodes", ["system:masters"], "x", ["exempt", "exempt"]],
    ["/livez", [], "x", ["probes", "exempt"]],
    ["/version", [], "x", ["global-default", "global-default"]],
    [maps, [], "x", ["global-default", "global-default"]],
    [maps, ["system:nodes"], "system:node:n", ["system-nodes", "system"]],
    [leases, ["system:nodes"], "system:node:n", ["system-node-high", "node-high"]],
    [maps, [], "system:kube-scheduler", ["kube-scheduler", "workload-high"]],
    [leases, [], "system:kube-scheduler", ["system-leader-election", "leader-election"]],
    [maps, [], "system:serviceaccount:kube-system:a", ["kube-system-service-accounts", "workload-high"]],
    [maps, ["system:serviceaccounts"], "system:serviceaccount:default:a", ["service-accounts", "workload-low"]],
  ];
  for (const [url, groups, name, expected] of table) {
    assert.deepEqual(flowOf(lab, url, groups, name), expected, `${url} ${name}`);
  }
  const body = { spec: { ...lab.call("get", "flowschemas", { name: "exempt" }).body.spec } };
  lab.call("delete", "flowschemas", { name: "exempt" });
  lab.simulation.advance(11_000);
  assert.deepEqual(lab.call("get", "flowschemas", { name: "exempt" }).body.spec, body.spec);
});

/** A level with one seat for those who list or write ConfigMaps as `bob` or `eve`. */
function narrow(lab: Lab, limitResponse: object) {
  const limited = { nominalConcurrencyShares: 0, limitResponse };
  const level = { apiVersion: group, kind: "PriorityLevelConfiguration", metadata: { name: "narrow" } };
  const made = lab.call("create", "prioritylevelconfigurations", {
    body: { ...level, spec: { type: "Limited", limited: { ...limited, nominalConcurrencyShares: 1 } } },
  });
  assert.equal(made.code, 201);
  const subjects = ["bob", "eve"].map((name) => ({ kind: "User", user: { name } }));
  const rule = { verbs: ["*"], apiGroups: [""], resources: ["configmaps"], namespaces: ["*"] };
  const body = {
    ...{ apiVersion: group, kind: "FlowSchema", metadata: { name: "narrow" } },
    spec: {
      ...{ priorityLevelConfiguration: { name: "narrow" }, matchingPrecedence: 50 },
      ...{ distinguisherMethod: { type: "ByUser" }, rules: [{ subjects, resourceRules: [rule] }] },
    },
  };
  assert.equal(lab.call("create", "flowschemas", { body }).code, 201);
  // All others have so many shares that what is left is one seat.
  const low = lab.call("get", "prioritylevelconfigurations", { name: "workload-low" }).body;
  low.spec.limited.nominalConcurrencyShares = 1_000;
  lab.call("update", "prioritylevelconfigurations", { name: "workload-low", body: low });
  lab.simulation.advance(50);
}

const post = (lab: Lab, name: string, peer = bob) =>
  lab.begin(maps, {
    ...{ method: "POST", peer, headers: { "content-type": "application/json" } },
    body: JSON.stringify(configMapNamed(name)),
  });

test("what a level has no seat for waits in a queue of its flow, and is told to come back when that is full", () => {
  const lab = stage();
  narrow(lab, { type: "Queue", queuing: { queues: 1, handSize: 1, queueLengthLimit: 2 } });
  const answers = ["a", "b", "c", "d", "e"].map((name) => post(lab, name));
  const metric = () => lab.http("/metrics").body();
  lab.simulation.advance(1_000);
  const codes = answers.map((each) => each.code());
  assert.deepEqual([...codes].sort(), [201, 201, 201, 429, 429]);
  const refused = answers.find((each) => each.code() === 429);
  assert.equal(refused?.headers()["Retry-After"], "1");
  assert.equal(JSON.parse(refused?.body() ?? "").message, "Too many requests, please try again later.");
  const text = metric();
  assert.match(text, /apiserver_flowcontrol_nominal_limit_seats{priority_level="narrow"} 1\n/);
  assert.match(
    text,
    /apiserver_flowcontrol_dispatched_requests_total{flow_schema="narrow",priority_level="narrow"} 3\n/,
  );
  assert.match(text, /rejected_requests_total{flow_schema="narrow",priority_level="narrow",reason="queue-full"} 2\n/);
  assert.match(text, /current_executing_requests{priority_level="narrow"} 0\n/);
});

test("a request whose client goes while it waits is over, and counted as such", () => {
  const lab = stage();
  narrow(lab, { type: "Queue", queuing: { queues: 1, handSize: 1, queueLengthLimit: 2 } });
  const [first, waiting] = ["a", "b"].map((name) => post(lab, name));
  const server = () => lab.simulation.dataOf("apiserver-0") as Server;
  assert.ok(lab.simulation.runUntil(() => server().fairness.waiting === 1, lab.simulation.uptimeMs() + 1_000));
  waiting?.abort();
  lab.simulation.advance(1_000);
  assert.deepEqual(
    [first?.code(), lab.call("get", "configmaps", { namespace: "default", name: "b" }).code],
    [201, 404],
  );
  const text = lab.http("/metrics").body();
  assert.match(text, /rejected_requests_total{flow_schema="narrow",priority_level="narrow",reason="cancelled"} 1\n/);
  assert.equal(server().inFlight, 0);
});

test("a level that queues nothing refuses what does not fit, and others do not notice", () => {
  const lab = stage();
  narrow(lab, { type: "Reject" });
  const answers = ["a", "b"].map((name) => post(lab, name));
  const other = post(lab, "c", { commonName: "ann", organizations: [] });
  lab.simulation.advance(1_000);
  assert.deepEqual(answers.map((each) => each.code()).sort(), [201, 429]);
  assert.equal(other.code(), 201);
});

test("the seat of a watch is free when the watch is open, and that of a client that is gone at once", () => {
  const lab = stage();
  narrow(lab, { type: "Reject" });
  const watch = lab.begin(`${maps}?watch=1`, { peer: bob });
  lab.simulation.advance(100);
  assert.equal(watch.state(), "open");
  const first = post(lab, "a");
  lab.simulation.advance(1_000);
  assert.equal(first.code(), 201);
  const gone = lab.begin(maps, {
    method: "POST",
    peer: bob,
    headers: { "content-type": "application/json" },
    body: "{",
  });
  gone.abort();
  lab.simulation.advance(1_000);
  const last = post(lab, "b");
  lab.simulation.advance(1_000);
  assert.equal(last.code(), 201);
});
