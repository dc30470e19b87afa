import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { guestbook } from "../../properties/stages/cluster/guestbook.ts";
import { type KubectlResult, kubectl } from "../../properties/stages/kubectl.ts";
import type { FreeHost } from "../../runtime/hosts/free/free_host.ts";
import { type Cluster, createCluster } from "./create_cluster.ts";
import { apiServerAddress, kubeletAddress } from "./topology.ts";

const namespace = ["-n", "guestbook"];

type Stage = Awaited<ReturnType<typeof stage>>;

/** A cluster in worker threads, and kubectl against it. */
async function stage(context: ScenarioContext) {
  const cluster = context.use(await createCluster({ host: "thread", port: 0, topology: { nodes: 3 } }));
  const kubeconfig = cluster.access?.kubeconfig ?? "";
  const run = (line: string, input?: string): Promise<KubectlResult> =>
    kubectl(line.split(" "), { kubeconfig, ...(input === undefined ? {} : { input }) });
  return {
    cluster,
    kubeconfig,
    run,
    /** The standard output of a command that must succeed. */
    async must(line: string, input?: string): Promise<string> {
      const { code, stdout, stderr } = await run(line, input);
      assert.equal(code, 0, `kubectl ${line}: ${stderr}`);
      return stdout;
    },
  };
}

/** An application from its first line to its last. */
async function keepGuestbook({ must, run, kubeconfig }: Stage): Promise<void> {
  const nodes = await must("get nodes -o wide");
  assert.equal(nodes.match(/^node-\d +Ready /gm)?.length, 3, nodes);

  const applied = await must("apply -f -", guestbook);
  assert.deepEqual(applied.trim().split("\n"), [
    "namespace/guestbook created",
    "configmap/settings created",
    "service/redis-leader created",
    "deployment.apps/redis-leader created",
    "service/frontend created",
    "deployment.apps/frontend created",
  ]);
  assert.match(await must("rollout status deployment/frontend -n guestbook --timeout=60s"), /successfully rolled out/);
  assert.match(await must("rollout status deployment/redis-leader -n guestbook --timeout=60s"), /successfully/);
  const again = await must("apply -f -", guestbook);
  assert.ok(
    again
      .trim()
      .split("\n")
      .every((line) => line.endsWith(" unchanged")),
    again,
  );

  const wide = await must("get pods -n guestbook -o wide");
  assert.match(wide, /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE/);
  assert.equal(wide.match(/^frontend-\w+-\w+ +1\/1 +Running +0 +\w+ +10\.244\.\d+\.\d+ +node-\d /gm)?.length, 3, wide);
  const names = (await must("get pods -n guestbook -l app=guestbook -o name")).trim().split("\n");
  assert.equal(names.length, 3);
  const json = JSON.parse(await must("get deployment frontend -n guestbook -o json"));
  assert.equal(json.status.availableReplicas, 3);
  assert.match(await must("get configmap settings -n guestbook -o yaml"), /^data:\n {2}title: Guestbook$/m);
  assert.equal(
    await must("get pods -n guestbook -o jsonpath={.items[*].status.phase}"),
    "Running Running Running Running",
  );
  assert.match(await must("get service frontend -n guestbook"), /NodePort +10\.96\.\d+\.\d+ +<none> +80:3\d{4}\/TCP/);

  const described = await must("describe deployment frontend -n guestbook");
  assert.match(described, /3 desired \| 3 updated \| 3 total \| 3 available \| 0 unavailable/);
  assert.match(
    described,
    /ScalingReplicaSet +\S+ +deployment-controller +Scaled up replica set frontend-\w+ from 0 to 3/,
  );
  const pod = await must(`describe ${names[0]} -n guestbook`);
  for (const reason of ["Scheduled", "Pulled", "Created", "Started"])
    assert.match(pod, new RegExp(`Normal +${reason} `));

  const watcher = watch(kubeconfig, ["get", "pods", ...namespace, "-w", "--no-headers"]);
  await watcher.until((text) => (text.match(/Running/g)?.length ?? 0) >= 4);
  assert.match(await must("scale deployment frontend --replicas=5 -n guestbook"), /scaled/);
  await watcher.until((text) => new Set(text.match(/^frontend-\S+ +1\/1 +Running/gm)).size >= 5);
  await watcher.end();
  await must("rollout status deployment/frontend -n guestbook --timeout=60s");

  assert.match(await must("set image deployment/frontend php-redis=gb-frontend:v6 -n guestbook"), /image updated/);
  await must("rollout status deployment/frontend -n guestbook --timeout=60s");
  const images = await must("get pods -n guestbook -l app=guestbook -o jsonpath={.items[*].spec.containers[0].image}");
  assert.equal(images, Array(5).fill("gb-frontend:v6").join(" "));

  const missing = await run("get deployment nowhere -n guestbook");
  assert.equal(missing.code, 1);
  assert.equal(missing.stderr, 'Error from server (NotFound): deployments.apps "nowhere" not found\n');
  const broken = await run("apply -f -", guestbook.replace("replicas: 3", "replicas: -3"));
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /The Deployment "frontend" is invalid: spec\.replicas: Invalid value: -3/);

  assert.match(await must("delete deployment frontend -n guestbook --wait"), /deployment\.apps "frontend" deleted/);
  assert.equal(await must("get deployment -n guestbook -o name"), "deployment.apps/redis-leader\n");
  await must("delete namespace guestbook --wait --timeout=60s");
  assert.equal((await run("get namespace guestbook")).code, 1);
  assert.equal(await must("get pods -A -o name"), "");
}

/** A rollout while a store leader, an API server and a kubelet are killed. */
async function rollThroughKills({ cluster, must, run }: Stage, { note }: ScenarioContext): Promise<void> {
  // Slow enough that the rollout is under way when the workers die.
  await must("apply -f -", slow(guestbook));
  await must("rollout status deployment/frontend -n guestbook --timeout=60s");
  await must("set image deployment/frontend php-redis=gb-frontend:v6 -n guestbook");
  const status = run("rollout status deployment/frontend -n guestbook --timeout=90s");
  let isOver = false;
  void status.then(() => {
    isOver = true;
  });
  const writing = startWriting(cluster);
  const leader = await cluster.storeLeader();
  assert.ok(leader);
  for (const address of [leader, apiServerAddress(0), kubeletAddress(1)]) {
    await writing.afterMore(5);
    assert.ok(!isOver, "the rollout is still under way");
    await cluster.host.terminate(address);
  }
  const { code, stdout, stderr } = await status;
  assert.equal(code, 0, `${stdout}${stderr}`);
  assert.match(stdout, /successfully rolled out/);
  await writing.afterMore(5);
  const acknowledged = await writing.end();
  await cluster.ready();
  const { body } = await cluster.api<{ items: { metadata: { name: string } }[] }>({
    verb: "list",
    resource: "configmaps",
    namespace: "default",
  });
  const kept = new Set(body.items.map(({ metadata }) => metadata.name));
  assert.deepEqual(
    acknowledged.filter((name) => !kept.has(name)),
    [],
  );
  note(`${acknowledged.length} writes were acknowledged while workers died, all were kept`);
  for (const address of [leader, apiServerAddress(0), kubeletAddress(1)]) {
    assert.equal((await cluster.host.inspect(address))?.incarnation, 1, `${address} is in its second life`);
  }
  const images = await must("get pods -n guestbook -l app=guestbook -o jsonpath={.items[*].spec.containers[0].image}");
  assert.deepEqual(new Set(images.split(" ")), new Set(["gb-frontend:v6"]));
  // Containers live on their computer: not one ended with the worker of its kubelet.
  const path = "{range.items[*]}{.spec.nodeName}:{.status.containerStatuses[0].restartCount},{end}";
  const restarts = (await must(`get pods -n guestbook -o jsonpath=${path}`)).split(",").filter((each) => each !== "");
  assert.equal(restarts.length, 4);
  assert.ok(restarts.includes("node-1:0"), `a pod is on the node whose kubelet was killed: ${restarts}`);
  assert.ok(
    restarts.every((each) => each.endsWith(":0")),
    `no container was started again: ${restarts}`,
  );
}

scenario(
  "kubectl applies a guestbook, shows it in every form, changes it and deletes it; applied again, it is rolled out while a store leader, an API server and a kubelet are killed",
  {},
  async (context) => {
    const kubectlStage = await stage(context);
    await keepGuestbook(kubectlStage);
    await rollThroughKills(kubectlStage, context);
  },
);

/** The front end takes a while to become ready. */
function slow(manifest: string): string {
  return manifest.replace("value: dns }", 'value: dns }, { name: TROUPE_READY_MS, value: "1500" }');
}

/** Writes one object after the other, and remembers those that were acknowledged. */
function startWriting({ api }: Cluster<FreeHost>) {
  const acknowledged: string[] = [];
  let isOver = false;
  const over = (async () => {
    for (let i = 0; !isOver; i++) {
      const name = `written-${i}`;
      const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } };
      const call = { verb: "create", resource: "configmaps", namespace: "default", body, timeoutMs: 2_000 } as const;
      const answer = await api(call).catch(() => undefined);
      if (answer?.code === 201) acknowledged.push(name);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return {
    async afterMore(count: number) {
      const wanted = acknowledged.length + count;
      while (acknowledged.length < wanted) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async end(): Promise<readonly string[]> {
      isOver = true;
      await over;
      return acknowledged;
    },
  };
}

/** A kubectl that goes on until it is told to end. */
function watch(kubeconfig: string, args: readonly string[]) {
  const controller = new AbortController();
  let text = "";
  let look = () => {};
  const done = kubectl(args, {
    kubeconfig,
    signal: controller.signal,
    onStdout(piece) {
      text += piece;
      look();
    },
  });
  return {
    until: (isSeen: (text: string) => boolean) =>
      new Promise<void>((resolve, reject) => {
        look = () => {
          if (isSeen(text)) resolve();
        };
        look();
        void done.then(({ stderr }) => reject(new Error(`kubectl ${args.join(" ")} ended: ${stderr}`)));
      }),
    end() {
      controller.abort();
      return done;
    },
  };
}
