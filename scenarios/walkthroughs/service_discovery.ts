import { isPodReady } from "../../actors/api/pod.ts";
import type { DnsReply } from "../../actors/dns/messages.ts";
import { dnsAddress } from "../cluster/topology.ts";
import { scenario } from "../script/scenario.ts";
import { webDeployment } from "./_web_deployment.ts";

const readinessProbe = "readinessProbe: { httpGet: { path: /healthz, port: 80 }, periodSeconds: 1 }";
const container = (image: string) =>
  `{ name: main, image: "${image}", ports: [{ containerPort: 80 }], ${readinessProbe} }`;

const web = `
${webDeployment(3, container("hello:1"))}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports: [{ port: 80 }]
---
apiVersion: v1
kind: Service
metadata:
  name: web-pods
spec:
  clusterIP: None
  selector: { app: web }
`;

const pod = (name: string, image: string) => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  labels: { app: ${name} }
spec:
  containers: [${container(image)}]
`;

const caller = `
${pod("caller", "caller:1")}
---
apiVersion: v1
kind: Service
metadata:
  name: caller
spec:
  type: NodePort
  selector: { app: caller }
  ports: [{ port: 80 }]
`;

const nobody = `
apiVersion: v1
kind: Service
metadata:
  name: late
spec:
  selector: { app: late }
  ports: [{ port: 80 }]
`;

/** A Service is a name that lasts, for pods that do not. */
export const serviceDiscovery = scenario(
  {
    name: "service-discovery",
    summary: "Pods come and go: a Service finds those with its label, and everybody finds the Service by its name",
    topology: { nodes: 3, traffic: true },
  },
  async ({ step, apply, list, scale, remove, request, eventually, expect, note, cluster }) => {
    const ready = async () => (await list("pods", { labelSelector: "app=web" })).filter(isPodReady);
    const names = async () => (await ready()).map(({ metadata }) => metadata.name).sort();
    const ips = async () => (await ready()).map(({ status }) => status.podIP ?? "").sort();
    /** What a pod sees that fetches this. */
    const seenFrom = async (url: string) => {
      const answer = await request({ service: "caller", path: `/?url=${encodeURIComponent(url)}` });
      return answer.json<{ readonly text?: string; readonly error?: string }>();
    };
    const whoAnswers = async (url: string) => /from (\S+)/.exec((await seenFrom(url)).text ?? "")?.[1] ?? "nobody";
    const allAnswer = (url: string, count: number) => {
      const seen = new Set<string>();
      return eventually(`all ${count} pods have answered ${url}`, async () => {
        seen.add(await whoAnswers(url));
        const expected = await names();
        expect(expected.length, "ready pods").toBe(count);
        expect(
          expected.filter((name) => !seen.has(name)),
          "pods that have not answered yet",
        ).toEqual([]);
      });
    };
    const addressesOf = async (name: string) => {
      const question = { name: `${name}.default.svc.cluster.local`, type: "A" };
      const reply = (await cluster.host.ask(dnsAddress, { type: "dns.query", question } as never, 1_000)) as DnsReply;
      return reply.answers.map(({ data }) => String(data)).sort();
    };

    await step("A Service finds its pods by their label, wherever they run", async () => {
      await apply(`${web}---${caller}`);
      await eventually("three pods are ready", async () => expect((await ready()).length, "ready pods").toBe(3));
      await eventually("their addresses are the endpoints of the Service", async () => {
        const slices = await list("endpointslices", { labelSelector: "kubernetes.io/service-name=web" });
        const endpoints = slices.flatMap((slice) => slice.endpoints.flatMap(({ addresses }) => addresses));
        expect([...endpoints].sort(), "the endpoints").toEqual(await ips());
      });
      const nodes = (await ready()).map(({ spec }) => spec.nodeName ?? "");
      expect([...new Set(nodes)].sort(), "where they run").toEqual(["node-0", "node-1", "node-2"]);
    });

    await step("Another pod finds the Service by name, and behind it all pods on all nodes", () =>
      allAnswer("http://web/", 3),
    );

    await step("The name has longer forms; a name that nobody has leads nowhere", async () => {
      for (const name of ["web.default", "web.default.svc.cluster.local"]) {
        expect(await names(), `who answers http://${name}/`).toContain(await whoAnswers(`http://${name}/`));
      }
      expect((await seenFrom("http://nobody/")).error ?? "", "the error").toContain("ENOTFOUND");
    });

    await step("A new pod joins those that answer", async () => {
      await scale("deployment/web", 4);
      await allAnswer("http://web/", 4);
    });

    await step("A pod that is gone is asked no more, the one that replaces it is", async () => {
      const [gone = ""] = await names();
      await remove(`pod/${gone}`);
      await eventually("four others are ready", async () => {
        expect((await names()).filter((name) => name !== gone).length, "other ready pods").toBe(4);
        expect(await names(), "ready pods").toEqual((await names()).filter((name) => name !== gone));
      });
      await allAnswer("http://web/", 4);
    });

    await step("A headless Service has no address of its own: its name means those of its pods", async () => {
      await eventually("the name means four addresses", async () =>
        expect(await addressesOf("web-pods"), "the addresses").toEqual(await ips()),
      );
      expect((await addressesOf("web")).length, "addresses of the other Service").toBe(1);
      expect(await names(), "who answers").toContain(await whoAnswers("http://web-pods/"));
    });

    await step("A Service whose label no pod has refuses, until a pod has it", async () => {
      await apply(nobody);
      const { error } = await eventually("it refuses", async () => {
        const seen = await seenFrom("http://late/");
        expect(seen.error ?? "", "the error").toContain("ECONNREFUSED");
        return seen;
      });
      note(`seen from a pod: ${error}`);
      await apply(pod("late", "hello:1"));
      await eventually("the pod answers", async () =>
        expect(await whoAnswers("http://late/"), "who answers").toBe("late"),
      );
    });
  },
);
