import { join } from "node:path";
import { assert, scenario } from "../../properties/house/test.ts";
import { cast } from "../../properties/stages/apiserver/cast.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import { createPoolHost } from "../../runtime/hosts/free/pool.ts";
import { clusterCredentials } from "../../scenarios/cluster/certificates.ts";
import { kubeconfigText, writeKubeconfig } from "../../scenarios/cluster/kubeconfig.ts";

const manifest = (replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1.27", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
`;

scenario(
  "a real kubectl works with an API server: apply, get, describe, explain, scale, set image, patch, watch, delete",
  {},
  async (context) => {
    const credentials = await clusterCredentials();
    const port = 20_000 + (process.pid % 10_000);
    const host = context.use(await createPoolHost({ cast, workers: 1 }));
    await host.spawn({ name: "store", kind: "fakeStore", input: {} });
    const https = { host: "127.0.0.1", port, ...credentials.serving, clientCa: credentials.caCert };
    await host.spawn({ name: "apiserver-0", kind: "apiserver", input: { stores: ["store"], https } });
    const kubeconfig = join(await context.folder(), "kubeconfig");
    await writeKubeconfig(kubeconfig, kubeconfigText({ server: `https://127.0.0.1:${port}`, credentials }));
    while ((await host.inspect("apiserver-0"))?.phase !== "serving")
      await new Promise((resolve) => setTimeout(resolve, 20));

    const run = async (line: string, input = "") => {
      const { code, stdout, stderr } = await kubectl(line.split(" "), { kubeconfig, input });
      assert.equal(code, 0, `kubectl ${line}: ${stderr}`);
      return stdout;
    };

    assert.match(await run("version"), /Server Version: v1\.34\.0/);
    assert.match(await run("apply -f -", manifest(2)), /deployment\.apps\/web created\nservice\/web created/);
    assert.match(await run("apply -f -", manifest(3)), /deployment\.apps\/web configured\nservice\/web unchanged/);
    assert.match(
      await run("get deployments -o wide"),
      /NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR\nweb +0\/3/,
    );
    assert.match(await run("get services"), /web +NodePort +10\.96\.\d+\.\d+ +<none> +80:3\d{4}\/TCP/);
    assert.equal(await run("get deployment web -o name"), "deployment.apps/web\n");
    assert.equal(await run("get deployment web -o jsonpath={.spec.replicas}"), "3");
    assert.equal(JSON.parse(await run("get deployment web -o json")).metadata.generation, 2);
    assert.match(await run("describe deployment web"), /Replicas: +3 desired/);
    assert.match(await run("explain deployment.spec.strategy"), /rollingUpdate\t<RollingUpdateDeployment>/);
    const old = await run("explain pods.spec.containers --output=plaintext-openapiv2");
    assert.match(old, /RESOURCE: containers <\[\]Object>\n[\s\S]* {3}image\t<string>\n/);
    await run("scale deployment web --replicas=5");
    await run("set image deployment/web c=nginx:1.28");
    await run("label deployment web tier=front");
    const template = "jsonpath={.spec.replicas},{.spec.template.spec.containers[0].image},{.metadata.labels.tier}";
    assert.equal(await run(`get deployment web -o ${template}`), "5,nginx:1.28,front");
    const strict = await kubectl(["apply", "-f", "-"], {
      kubeconfig,
      input: "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dat: {}}",
    });
    assert.match(strict.stderr, /strict decoding error: unknown field "dat"/);

    const stopping = new AbortController();
    let watched = "";
    const watching = kubectl(["get", "services", "-w"], {
      kubeconfig,
      signal: stopping.signal,
      onStdout: (text) => {
        watched += text;
        if (watched.split("\n").some((line) => line.startsWith("web ") && line.includes("ClusterIP"))) stopping.abort();
      },
    });
    while (!watched.includes("web ")) await new Promise((resolve) => setTimeout(resolve, 20));
    await run('patch service web -p {"spec":{"type":"ClusterIP"}}');
    await watching;
    assert.match(
      await run("delete -f - --wait", manifest(3)),
      /deployment\.apps "web" deleted.*\nservice "web" deleted/,
    );
    assert.equal((await kubectl(["get", "service", "web"], { kubeconfig })).code, 1);
  },
);
