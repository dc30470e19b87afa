import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { pause } from "../../properties/stages/apiserver/stream_stage.ts";
import { type KubectlResult, kubectl } from "../../properties/stages/kubectl.ts";
import { createCluster } from "./create_cluster.ts";

type Stage = Awaited<ReturnType<typeof stage>>;

/** A small cluster in a pool of threads, and kubectl against it. */
async function stage(context: ScenarioContext) {
  const topology = { nodes: 2, stores: 1, apiservers: 1 } as const;
  const cluster = context.use(await createCluster({ host: "pool", port: 0, topology }));
  const kubeconfig = cluster.access?.kubeconfig ?? "";
  const run = (args: string | readonly string[], input?: string): Promise<KubectlResult> => {
    const words = typeof args === "string" ? args.split(" ") : args;
    return kubectl(words, { kubeconfig, ...(input === undefined ? {} : { input }) });
  };
  /** The standard output of a command that must succeed. */
  const must = async (args: string | readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await run(args, input);
    assert.equal(code, 0, `kubectl ${args}: ${stderr}`);
    return stdout;
  };
  /** Asks again until the answer is as wanted; the scenario's own time limit ends what never comes. */
  const see = async (args: string, wanted: RegExp): Promise<string> => {
    for (;;) {
      const { stdout } = await run(args);
      if (wanted.test(stdout)) return stdout;
      await pause();
    }
  };
  return { run, must, see };
}

/** What kubectl writes in protocol buffers. */
async function writeProtobuf({ must }: Stage): Promise<void> {
  assert.equal(await must("create namespace shop"), "namespace/shop created\n");
  const within = (line: string) => must(`${line} -n shop`);
  await within("create serviceaccount clerk");
  await within("create configmap settings --from-literal=title=Shop --from-file=/bin/true");
  assert.equal(await within("get configmap settings -o jsonpath={.data.title}"), "Shop");
  await within("create secret generic keys --from-literal=p=q");
  assert.equal(await within("get secret keys -o jsonpath={.data.p}"), "cQ==");
  await within("create deployment web --image=nginx --replicas=2 --port=80");
  await within("rollout status deployment/web --timeout=60s");
  await within("expose deployment web --port=80 --target-port=8080");
  assert.equal(await within("get service web -o jsonpath={.spec.ports[0].targetPort}"), "8080");
  await within("scale deployment web --replicas=3");
  await within("run once --image=nginx --restart=Never");
  await within("wait --for=condition=Ready pod/once --timeout=60s");
  await must("create job j --image=busybox -n shop -- true");
  await within("wait --for=condition=Complete job/j --timeout=60s");

  assert.match(await must("cordon node-0"), /node\/node-0 cordoned/);
  const rehearsal = await must("drain node-0 --force --dry-run=client");
  assert.match(rehearsal, /node\/node-0 drained \(dry run\)/);
  assert.match(await must("drain node-0 --force --timeout=60s"), /node\/node-0 drained\n$/);
  await within("rollout status deployment/web --timeout=60s");
  const where = await within("get pods -l app=web -o jsonpath={.items[*].spec.nodeName}");
  assert.deepEqual([...new Set(where.split(" "))], ["node-1"]);
  await must("uncordon node-0");

  assert.equal(await must("auth can-i create pods"), "yes\n");
  assert.match(
    await within("delete deployment web --cascade=foreground --timeout=60s"),
    /deployment\.apps "web" deleted/,
  );
  assert.equal(await within("get pods -l app=web -o name"), "");
  await must("delete namespace shop --wait --timeout=60s");
}

/** Rollouts that are paused, taken back, and stuck. */
async function rollOut({ run, must, see }: Stage): Promise<void> {
  const done = () => must("rollout status deployment/web --timeout=60s");
  await must("create deployment web --image=web:1 --replicas=3");
  await done();
  await must("set image deployment/web web=web:2");
  await done();
  await must("rollout pause deployment/web");
  await must("set image deployment/web web=web:3");
  await see("get deployment web -o jsonpath={.status.conditions[*].reason}", /DeploymentPaused/);
  assert.equal((await must("get rs -l app=web -o name")).trim().split("\n").length, 2);
  await must("rollout resume deployment/web");
  await done();
  const image = () => must("get pods -l app=web -o jsonpath={.items[*].spec.containers[0].image}");
  await see("get pods -l app=web -o jsonpath={.items[*].spec.containers[0].image}", /^web:3 web:3 web:3$/);

  await must("rollout undo deployment/web --to-revision=1");
  await done();
  await see("get pods -l app=web -o jsonpath={.items[*].spec.containers[0].image}", /^web:1 web:1 web:1$/);
  assert.match(await must("rollout history deployment/web"), /^2 +\S+\n3 +\S+\n4 +\S+$/m);
  assert.match(await must("rollout history deployment/web --revision=4"), /Image:\s+web:1/);

  const huge = { name: "web", image: "web:5", resources: { requests: { cpu: "1000" } } };
  const spec = { progressDeadlineSeconds: 1, template: { spec: { containers: [huge] } } };
  await must(["patch", "deployment", "web", "-p", JSON.stringify({ spec })]);
  const stuck = await run("rollout status deployment/web --timeout=60s");
  assert.deepEqual([stuck.code, stuck.stderr], [1, 'error: deployment "web" exceeded its progress deadline\n']);
  const told = await must("describe deployment web");
  assert.match(told, /^ +Progressing +False +ProgressDeadlineExceeded$/m);
  assert.match(told, /3 desired \| 1 updated \| 4 total \| 3 available \| 1 unavailable/);
  await must("rollout undo deployment/web");
  await done();
  assert.doesNotMatch(await image(), /web:5/);
  await must("delete deployment web");
}

/** A node is emptied when the budget of its pods allows it. */
async function drain({ run, must, see }: Stage): Promise<void> {
  await must("create deployment web --image=web:1 --replicas=2");
  await must("rollout status deployment/web --timeout=60s");
  await must("create pdb web --selector=app=web --min-available=2");
  await see("get pdb web -o jsonpath={.status.currentHealthy}", /^2$/);
  const node = await must("get pods -l app=web -o jsonpath={.items[0].spec.nodeName}");
  const held = await run(`drain ${node} --ignore-daemonsets --timeout=1s`);
  assert.equal(held.code, 1);
  assert.match(held.stderr, /Cannot evict pod as it would violate the pod's disruption budget\./);
  assert.match(await must("get nodes"), new RegExp(`^${node} +Ready,SchedulingDisabled `, "m"));
  assert.equal((await must("get pods -l app=web -o name")).trim().split("\n").length, 2);
  await must(["patch", "pdb", "web", "-p", JSON.stringify({ spec: { minAvailable: 1 } })]);
  assert.match(await must(`drain ${node} --ignore-daemonsets --timeout=60s`), new RegExp(`node/${node} drained`));
  await must(`uncordon ${node}`);
  await must("rollout status deployment/web --timeout=60s");
  const nodes = await must("get pods -l app=web -o jsonpath={.items[*].spec.nodeName}");
  assert.ok(!nodes.includes(node), nodes);
}

/** A namespace goes when the last finalizer in it does. */
async function emptyNamespace({ run, must, see }: Stage): Promise<void> {
  await must("create namespace held");
  const metadata = { name: "kept", namespace: "held", finalizers: ["example.com/hold"] };
  await must("create -f -", JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata }));
  await must("delete namespace held --wait=false");
  const said = await see("describe namespace held", /NamespaceFinalizersRemaining +True/);
  assert.match(said, /Some content in the namespace has finalizers remaining: example\.com\/hold in 1 resource/);
  assert.match(said, /NamespaceContentRemaining +True .*configmaps\. has 1 resource instances/);
  const { stderr } = await run("create configmap late -n held");
  assert.match(stderr, /configmaps "late" is forbidden: unable to create new content in namespace held because it is/);
  const release = JSON.stringify({ metadata: { finalizers: null } });
  await must(["patch", "configmap", "kept", "-n", "held", "--type=merge", "-p", release]);
  await must("wait --for=delete namespace/held --timeout=60s");
}

/** Of a Deployment that a quota stops it can be seen why. */
async function exceedQuota({ must, see }: Stage): Promise<void> {
  await must("create quota few --hard=pods=3");
  await see("get quota few -o jsonpath={.status.used.pods}", /^2$/);
  await must("create deployment many --image=web:1 --replicas=3");
  const why = await see("describe rs -l app=many", /exceeded quota/);
  assert.match(why, /Error creating: pods "many-\w+-\w+" is forbidden: exceeded quota: few, requested: pods=1, used:/);
  assert.match(await see("describe deployment many", /ReplicaFailure/), /ReplicaFailure +True +FailedCreate/);
  assert.match(await must("get deployment many"), /^many +[01]\/3 /m);
  assert.match(await must("describe quota few"), /^pods +3 +3$/m);
}

scenario(
  "kubectl writes in protocol buffers, takes rollouts back, drains a node that a budget holds, empties a namespace and hears what a quota stops",
  {},
  async (context) => {
    const kubectlStage = await stage(context);
    await writeProtobuf(kubectlStage);
    await rollOut(kubectlStage);
    await drain(kubectlStage);
    await emptyNamespace(kubectlStage);
    await exceedQuota(kubectlStage);
  },
);
