import { scenario } from "../script/scenario.ts";

const deployment = (name: string, tolerations: string) => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 3
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: 1
      tolerations: [${tolerations}]
      containers: [{ name: main, image: nginx }]
`;

const halfAMinute =
  "{ key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30 }";

/** A node falls silent: its pods leave when their patience is over, and it is welcome when it comes back. */
export const losingANode = scenario(
  {
    name: "losing-a-node",
    summary:
      "A node falls silent: it is tainted, its pods are replaced when their patience is over, and it may come back",
    topology: { nodes: 3 },
  },
  async ({ step, apply, get, list, eventually, always, advance, inject, heal, expect }) => {
    const living = async (app: string) =>
      (await list("pods", { labelSelector: `app=${app}` })).filter(({ metadata }) => !metadata.deletionTimestamp);
    const on = async (app: string, node: string) => (await living(app)).filter(({ spec }) => spec.nodeName === node);
    const threeRunElsewhere = async (app: string) => {
      const elsewhere = (await living(app)).filter(({ spec }) => spec.nodeName !== "node-1");
      expect(elsewhere.filter(({ status }) => status.phase === "Running").length, "pods that run elsewhere").toBe(3);
    };
    const ready = async () =>
      (await get("node/node-1")).status.conditions?.find(({ type }) => type === "Ready")?.status;
    const taints = async () =>
      ((await get("node/node-1")).spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);

    await step("Two Deployments run, a pod of each on every node", async () => {
      await apply(`${deployment("hasty", halfAMinute)}---${deployment("patient", "")}`);
      await eventually("each node has a pod of each", async () => {
        for (const app of ["hasty", "patient"]) {
          const nodes = (await living(app)).filter(({ status }) => status.phase === "Running");
          expect(nodes.map(({ spec }) => spec.nodeName ?? "").sort(), app).toEqual(["node-0", "node-1", "node-2"]);
        }
      });
    });

    await step("node-1 falls silent; its pods stay what they are until it is missed", async () => {
      await inject("crash", { actor: "kubelet/node-1" });
      await advance("30s");
      expect(await ready(), "whether node-1 is Ready").toBe("True");
    });

    await step("It is missed: not Ready, and tainted", async () => {
      await eventually("node-1 is not Ready: Unknown", async () => expect(await ready(), "Ready").toBe("Unknown"));
      await eventually("it is tainted", async () =>
        expect(await taints(), "its taints").toContain("node.kubernetes.io/unreachable:NoExecute"),
      );
    });

    await step("Who tolerates that for half a minute leaves after half a minute", async () => {
      await advance("25s");
      expect((await on("hasty", "node-1")).length, "hasty pods on node-1").toBe(1);
      await eventually("three hasty pods run elsewhere", () => threeRunElsewhere("hasty"), { within: "10s" });
    });

    await step("Who said nothing leaves after the usual five minutes", async () => {
      await advance("4m");
      expect((await on("patient", "node-1")).length, "patient pods on node-1").toBe(1);
      await eventually("three patient pods run elsewhere", () => threeRunElsewhere("patient"), { within: "45s" });
    });

    await step("node-1 comes back: it is Ready, untainted, and rid of the pods that were replaced", async () => {
      await always("three pods of each run elsewhere", async () => {
        await threeRunElsewhere("hasty");
        await threeRunElsewhere("patient");
      });
      await heal();
      await eventually("node-1 is Ready", async () => expect(await ready(), "Ready").toBe("True"));
      await eventually("it has no taint", async () => expect(await taints(), "its taints").toEqual([]));
      await eventually("the old pods are gone", async () => {
        expect((await list("pods", { fieldSelector: "spec.nodeName=node-1" })).length, "pods on node-1").toBe(0);
      });
    });
  },
);
