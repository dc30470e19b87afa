import { scenario } from "../script/scenario.ts";

const shown = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      nodeSelector: { kubetroupe.dev/cloud: aurora }
      terminationGracePeriodSeconds: 5
      containers:
        - name: web
          image: nginx
          resources: { requests: { cpu: "3" } }
          readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 1 }
          lifecycle: { preStop: { sleep: { seconds: 2 } } }
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: LoadBalancer
  selector: { app: web }
  ports: [{ port: 80 }]
`;

/** One label moves a workload from one provider's nodes to the other's, whose pool grows for it; the first gives its nodes back. */
export const movingBetweenClouds = scenario(
  {
    name: "moving-between-clouds",
    summary: "One label moves a workload from one provider to another without an outage; pools grow and shrink with it",
    topology: {
      nodes: 0,
      traffic: true,
      clouds: [
        { provider: "aurora", nodes: 1, nodesMax: 3 },
        { provider: "borealis", nodes: 1, nodesMax: 3 },
      ],
      timings: { scaleDownAfterMs: 30_000 },
    },
  },
  async ({ step, apply, get, list, eventually, advance, cluster, expect, note }) => {
    const pods = async () =>
      (await list("pods", { labelSelector: "app=web" })).filter(({ metadata }) => !metadata.deletionTimestamp);
    const cloudsOf = async () => [...new Set((await pods()).map(({ spec }) => spec.nodeName?.split("-")[0] ?? ""))];
    const nodes = async (cloud: string) =>
      (await list("nodes")).filter(({ metadata }) => metadata.name.startsWith(cloud)).length;
    const available = async () => (await get("deployment/web")).status.availableReplicas ?? 0;
    let address = "";
    let asked = 0;
    const ask = async () => {
      const client = cluster.dial({ host: address, port: 80 });
      client.write("GET / HTTP/1.0\r\n\r\n");
      await advance("500ms");
      asked++;
      expect(client.take().split("\r\n", 1)[0] ?? "", "the answer from outside").toBe("HTTP/1.1 200 OK");
    };

    await step("A workload of the nodes of aurora is more than one node holds: the pool grows", async () => {
      await apply(shown);
      await eventually("three pods are available", async () => expect(await available(), "available").toBe(3), {
        within: "2m",
      });
      expect(await cloudsOf(), "clouds").toEqual(["aurora"]);
      expect(await nodes("aurora"), "nodes of aurora").toBe(3);
    });

    await step("Its load balancer has an address, which answers outside", async () => {
      const { ingress = [] } = (await get("service/web")).status?.loadBalancer ?? {};
      address = ingress[0]?.ip ?? "";
      await ask();
    });

    await step("One label is changed: it moves to borealis, and who asks meanwhile is always answered", async () => {
      const selector = "nodeSelector: { kubetroupe.dev/cloud: ";
      await apply(shown.replace(`${selector}aurora`, `${selector}borealis`));
      for (let rounds = 0, after = 0; rounds < 240 && after < 10; rounds++) {
        await ask();
        const there = (await pods()).filter(({ spec }) => spec.nodeName?.startsWith("borealis"));
        const isMoved = there.length === 3 && (await pods()).length === 3 && (await available()) === 3;
        // Those that it leaves behind are still ending.
        if (isMoved) after++;
      }
      note(`${asked} requests, all of them answered`);
      expect(await cloudsOf(), "clouds").toEqual(["borealis"]);
      expect(await nodes("borealis"), "nodes of borealis").toBe(2);
    });

    await step("aurora has back what nobody needs any more", async () => {
      await eventually("one node of aurora is left", async () => expect(await nodes("aurora"), "nodes").toBe(1), {
        within: "5m",
      });
      await ask();
    });
  },
);
