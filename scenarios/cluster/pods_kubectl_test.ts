import type { Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {is: web}}
spec: {replicas: 1, selector: {matchLabels: {a: web}}, template: {metadata: {labels: {a: web}}, spec: {containers: [{name: c, image: nginx}]}}}
---
apiVersion: v1
kind: List
items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: kept}, data: {a: grüße}}]
`;

/** What Jobs of charts do with it, and its words, each as the real kubectl 1.34 answered the same. */
const said: readonly (readonly [string, string])[] = [
  ["kubectl apply -f /tmp/m.yaml", "deployment.apps/web created\nconfigmap/kept created"],
  ["kubectl apply -f /tmp/m.yaml", "deployment.apps/web unchanged\nconfigmap/kept unchanged"],
  ["kubectl rollout status deployment/web --timeout=30s | tail -1", 'deployment "web" successfully rolled out'],
  ["kubectl wait --for=condition=Available deploy -l is=web --timeout=30s", "deployment.apps/web condition met"],
  ["kubectl get deploy web --no-headers -o custom-columns=N:.metadata.name,R:.status.readyReplicas", "web   1"],
  ["kubectl scale deployment -n default -l is=web --replicas=0", "deployment.apps/web scaled"],
  ["kubectl get deploy web -o jsonpath='{.spec.replicas}{\"\\n\"}'", "0"],
  ["kubectl get cm kept -o 'jsonpath={range .data}{@}{end}' 2>&1 | head -c 5; echo", "error"],
  ["kubectl label ns default a=b --overwrite", "namespace/default labeled"],
  ["kubectl label ns default a=c", "error: 'a' already has a value (b), and --overwrite is false\n1"],
  ["kubectl annotate cm kept a=b c=d", "configmap/kept annotated"],
  ['kubectl patch cm kept -p \'{"data":{"b":"é"}}\'', "configmap/kept patched"],
  ["kubectl get cm kept -o jsonpath='{.data.b}{\"\\n\"}'", "é"],
  [
    "kubectl create secret generic s --from-literal=a=b --dry-run=client -o yaml | tee /tmp/s | kubectl apply -f -",
    "secret/s created",
  ],
  ["cat /tmp/s", "apiVersion: v1\ndata:\n  a: Yg==\nkind: Secret\nmetadata:\n  name: s"],
  ["kubectl create secret generic s", 'error: failed to create secret secrets "s" already exists\n1'],
  ["kubectl create job j --image=busybox -- echo done", "job.batch/j created"],
  ["kubectl wait --for=condition=complete job/j --timeout=30s", "job.batch/j condition met"],
  ["kubectl logs job/j", "done"],
  ["kubectl rollout restart deployment web", "deployment.apps/web restarted"],
  ["kubectl auth can-i delete nodes", "no\n1"],
  ["kubectl auth can-i get secrets", "yes"],
  ["kubectl get secret s none -o name", 'secret/s\nError from server (NotFound): secrets "none" not found\n1'],
  ["kubectl delete deployment,cm,secret,job -l is=web", 'deployment.apps "web" deleted from default namespace'],
  ["kubectl delete -f /tmp/m.yaml --ignore-not-found", 'configmap "kept" deleted from default namespace'],
  ["kubectl get deploy", "No resources found in default namespace."],
  ["kubectl get foo", 'error: the server doesn\'t have a resource type "foo"\n1'],
  [
    "kubectl get pods --context=other",
    "error: kubetroupe plays a kubectl that knows its pod's account alone, and no --context\n1",
  ],
  [
    "kubectl delete node x",
    'Error from server (Forbidden): nodes "x" is forbidden: User "system:serviceaccount:default:default" cannot get resource "nodes" in API group "" at the cluster scope\n1',
  ],
];

test("kubectl in a pod does what Jobs of charts have it do, as the account of its pod, in the real one's words", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const rbac = "rbac.authorization.k8s.io";
  const everything = { apiGroups: ["", "apps", "batch"], verbs: ["*"] };
  const resources = [
    "deployments",
    "deployments/scale",
    "configmaps",
    "secrets",
    "jobs",
    "pods",
    "pods/log",
    "namespaces",
  ];
  await create(
    { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name: "r" }, rules: [{ ...everything, resources }] },
    "clusterroles",
  );
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "r" };
  await create(
    { apiVersion: `${rbac}/v1`, kind: "ClusterRoleBinding", metadata: { name: "b" }, subjects, roleRef },
    "clusterrolebindings",
  );
  const script = said.map(([command], at) => `echo '#${at}'; { ${command}; } 2>&1 || echo $?`).join("\n");
  const files = `cat > /tmp/m.yaml <<'END'\n${manifest}END\n`;
  const container = { name: "c", image: "bitnami/kubectl:1.34", command: ["bash", "-c", `${files}${script}`] };
  const spec = { restartPolicy: "Never", containers: [container] };
  await create({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec }, "pods");
  const at = { namespace: "default", resource: "pods", name: "p" };
  const phase = async () => (await api<Pod>({ verb: "get", ...at })).body.status.phase ?? "";
  assert.ok(await until(async () => /Succeeded|Failed/.test(await phase())));
  const log = (await api<string>({ verb: "get", ...at, subresource: "log" })).body;
  const answers = log.split(/^#\d+\n/m).slice(1);
  const told = said.map(([command], index) => [command, answers[index]?.trimEnd()]);
  assert.deepEqual(
    told,
    said.map((each) => [...each]),
  );
});
