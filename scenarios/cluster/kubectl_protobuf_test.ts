import { assert, scenario } from "../../properties/house/test.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import { createCluster } from "./create_cluster.ts";

scenario(
  "kubectl's commands that write in protocol buffers work: create, run, expose, drain, delete, auth can-i",
  {},
  async (context) => {
    const topology = { nodes: 2, stores: 1, apiservers: 1 } as const;
    const cluster = context.use(await createCluster({ host: "thread", port: 0, topology }));
    const kubeconfig = cluster.access?.kubeconfig ?? "";
    const run = (line: string) => kubectl(line.split(" "), { kubeconfig });
    const must = async (line: string) => {
      const { code, stdout, stderr } = await run(line);
      assert.equal(code, 0, `kubectl ${line}: ${stderr}`);
      return stdout;
    };

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
  },
);
