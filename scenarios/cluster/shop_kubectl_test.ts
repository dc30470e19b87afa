import { readFile } from "node:fs/promises";
import { assert, scenario } from "../../properties/house/test.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import type { Order } from "../images/shop/_orders.ts";
import { createCluster } from "./create_cluster.ts";

const manifests = new URL("../images/shop/shop.yaml", import.meta.url);

scenario("kubectl applies the shop, and whoever comes from outside buys something", {}, async (context) => {
  const topology = { nodes: 2, stores: 1, apiservers: 1, traffic: true } as const;
  const cluster = context.use(await createCluster({ host: "pool", port: 0, topology }));
  const kubeconfig = cluster.access?.kubeconfig ?? "";
  const must = async (line: string, input?: string): Promise<string> => {
    const words = ["--namespace=shop", ...line.split(" ")];
    const { code, stdout, stderr } = await kubectl(words, { kubeconfig, ...(input === undefined ? {} : { input }) });
    assert.equal(code, 0, `kubectl ${line}: ${stderr}`);
    return stdout;
  };

  // Any free node port: 30080 may be somebody else's on this machine.
  const applied = await must("apply -f -", (await readFile(manifests, "utf8")).replace(", nodePort: 30080", ""));
  assert.equal(applied.match(/ created$/gm)?.length, 15, applied);
  assert.match(
    await must("rollout status statefulset/store --timeout=60s"),
    /partitioned roll out complete|rolling update complete/,
  );
  for (const service of ["logging", "authentication", "catalogue", "cart", "front-end"]) {
    assert.match(await must(`rollout status deployment/${service} --timeout=60s`), /successfully rolled out/);
  }
  const url = `http://127.0.0.1:${await must("get service front-end -o jsonpath={.spec.ports[0].nodePort}")}`;
  const page = await untilAnswered(`${url}/`);
  assert.match(await page.text(), /<h1>The Property Room<\/h1>/);

  const post = (path: string, body: object, headers: Record<string, string> = {}, method = "POST") =>
    fetch(`${url}${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  const { token } = (await (await post("/api/session", { user: "grace", password: "hopper" })).json()) as {
    token: string;
  };
  const headers = { authorization: `Bearer ${token}`, "idempotency-key": "a-violin" };
  assert.equal((await post("/api/cart/violin", { quantity: 1 }, headers, "PUT")).status, 200);
  const bought = await Promise.all([1, 2, 3].map(() => post("/api/checkout", {}, headers)));
  assert.deepEqual(
    bought.map(({ status }) => status),
    [201, 201, 201],
  );
  const orders = (await Promise.all(bought.map((answer) => answer.json()))) as Order[];
  assert.deepEqual(
    orders.map(({ number, totalCents }) => [number, totalCents]),
    Array(3).fill([1, 129_000]),
  );

  assert.match(await must("logs deployment/logging"), / cart: order 1: grace pays 129000 cents$/m);
  assert.match(await must("exec statefulset/store -- get stock/violin"), /"value": 2/);
});

/** The gateway learns of a Service a moment after the API does. */
async function untilAnswered(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
