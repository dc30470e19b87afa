import { assert, scenario } from "../../properties/house/test.ts";
import { pause } from "../../properties/stages/apiserver/stream_stage.ts";
import { testCertificate } from "../../properties/stages/cluster/test_certificate.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import { createCluster } from "./create_cluster.ts";

const images = "registry.k8s.io/e2e-test-images";
const agnhost = `${images}/agnhost:2.56`;

const container = (name: string, image: string, more: object = {}) => ({ name, image, ...more });
const object = (apiVersion: string, kind: string, name: string, more: object) => ({
  ...{ apiVersion, kind, metadata: { name } },
  ...more,
});

/** A Deployment of one container, and a Service of its name that leads to it. */
function application(name: string, { image = agnhost, args = [] as string[], replicas = 1, port = 80 } = {}) {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [container(name, image, { args })] } };
  return [
    object("apps/v1", "Deployment", name, { spec: { replicas, selector: { matchLabels: labels }, template } }),
    object("v1", "Service", name, { spec: { selector: labels, ports: [{ port }] } }),
  ];
}

const guestbook = [
  ...application("frontend", { args: ["guestbook", "--backend-port", "6379"], replicas: 2 }),
  ...application("agnhost-primary", { args: ["guestbook", "--http-port", "6379"], port: 6379 }),
  ...application("agnhost-replica", {
    ...{ args: ["guestbook", "--replicaof", "agnhost-primary", "--http-port", "6379"], port: 6379 },
  }),
];

const serviceAccountToken = { path: "token", expirationSeconds: 3_600, audience: "others" };
const verifier = object("v1", "Pod", "verifier", {
  spec: {
    restartPolicy: "Never",
    containers: [
      container("c", agnhost, {
        args: ["test-service-account-issuer-discovery", "--token-path=/tokens/token", "--audience=others"],
        volumeMounts: [{ name: "t", mountPath: "/tokens" }],
      }),
    ],
    volumes: [{ name: "t", projected: { sources: [{ serviceAccountToken }] } }],
  },
});

const { cert, key, ca } = testCertificate;
const etcdUrl = "http://127.0.0.1:2379";
const further = [
  object("v1", "Secret", "judge", { stringData: { "tls.crt": cert, "tls.key": key } }),
  object("v1", "Service", "judge", { spec: { selector: { app: "judge" }, ports: [{ port: 443 }] } }),
  {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "judge", labels: { app: "judge" } } },
    spec: {
      containers: [
        container("c", `${images}/sample-apiserver:1.29.2`, {
          args: [`--etcd-servers=${etcdUrl}`, "--tls-cert-file=/c/tls.crt", "--tls-private-key-file=/c/tls.key"],
          volumeMounts: [{ name: "c", mountPath: "/c" }],
          readinessProbe: { httpGet: { scheme: "HTTPS", port: 443, path: "/readyz" }, periodSeconds: 1 },
        }),
        container("etcd", "registry.k8s.io/etcd:3.6.4-0", {
          command: ["/usr/local/bin/etcd", "--listen-client-urls", etcdUrl],
        }),
      ],
      volumes: [{ name: "c", secret: { secretName: "judge" } }],
    },
  },
  object("apiregistration.k8s.io/v1", "APIService", "v1alpha1.wardle.example.com", {
    spec: {
      ...{ group: "wardle.example.com", version: "v1alpha1", caBundle: btoa(ca) },
      ...{ service: { namespace: "default", name: "judge" }, groupPriorityMinimum: 2_000, versionPriority: 200 },
    },
  }),
];
const flunder = (name: string) => object("wardle.example.com/v1alpha1", "Flunder", name, { spec: { reference: "é" } });

scenario(
  "the applications that Kubernetes shows itself with run: two pages, a book of guests, a verifier of tokens, a server of further APIs",
  {},
  async (context) => {
    const topology = { nodes: 2, stores: 1, apiservers: 2, traffic: true, gateway: false } as const;
    const cluster = context.use(await createCluster({ host: "pool", port: 0, topology }));
    const kubeconfig = cluster.access?.kubeconfig ?? "";
    const run = (args: string, input?: string) =>
      kubectl(args.split(" "), { kubeconfig, ...(input === undefined ? {} : { input }) });
    const must = async (args: string, input?: string) => {
      const { code, stdout, stderr } = await run(args, input);
      assert.equal(code, 0, `kubectl ${args}: ${stderr}`);
      return stdout;
    };
    const apply = (objects: readonly object[]) =>
      must("apply -f -", JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const until = async (holds: () => Promise<boolean>) => {
      while (!(await holds())) await pause();
    };
    const applied = [...application("demo", { image: `${images}/nautilus:1.7`, replicas: 2 }), ...guestbook, verifier];
    await apply([...applied, ...further]);

    await must("rollout status deployment/demo");
    await must("scale deployment demo --replicas=1");
    await until(async () => (await must("get pods -l app=demo -o name")).trim().split("\n").length === 1);
    const page = await must("get --raw /api/v1/namespaces/default/services/demo/proxy/data.json");
    assert.deepEqual(JSON.parse(page), { image: "nautilus.jpg" });

    for (const name of ["frontend", "agnhost-primary", "agnhost-replica"])
      await must(`rollout status deployment/${name}`);
    const book = "/api/v1/namespaces/default/services/frontend/proxy/guestbook";
    const ask = async (command: string, value = "") =>
      (await run(`get --raw ${book}?cmd=${command}&key=messages&value=${value}`)).stdout;
    await until(async () => (await ask("get")) === '{"data":""}');
    assert.equal(await ask("set", "moin"), '{"message":"Updated"}');
    // A replica that has not yet told its primary that it is there learns of it when it does, as Kubernetes' test waits for, too.
    await until(async () => (await ask("get")) === '{"data":"moin"}');

    await must("wait --for=jsonpath={.status.phase}=Succeeded pod/verifier --timeout=60s");
    assert.match(await must("logs verifier"), /OK: Validated signature on JWT\n/);

    await must("wait --for=condition=Available apiservice/v1alpha1.wardle.example.com --timeout=60s");
    await until(async () => (await run("get flunders")).code === 0);
    const ending = new AbortController();
    let seen = "";
    const watched = kubectl(["get", "flunders", "-w", "-o", "name"], {
      ...{ kubeconfig, signal: ending.signal },
      onStdout(text) {
        seen += text;
      },
    });
    let made = 0;
    await until(async () => {
      await must("create -f -", JSON.stringify(flunder(`f-${++made}`)));
      return seen.includes("flunder.wardle.example.com/f-");
    });
    ending.abort();
    await watched;
    assert.equal(await must("get flunder f-1 -o jsonpath={.spec.reference}"), "é");
    assert.match(await must("delete flunders --all"), /"f-1" deleted/);
    assert.match(await must("api-resources --api-group=wardle.example.com"), /flunders .* true +Flunder/);
  },
);
