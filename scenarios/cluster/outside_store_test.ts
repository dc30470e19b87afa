import { randomUUID } from "node:crypto";
import type { KeyValue, OperationResult, StoreAnswer, StoreRequest } from "../../actors/store/messages.ts";
import { assert, scenario } from "../../properties/house/test.ts";
import { startRealEtcd } from "../../properties/stages/store/real_etcd.ts";
import { createCluster } from "./create_cluster.ts";

type Ask = (request: StoreRequest) => Promise<StoreAnswer>;

/** What a store has to do, whichever it is: questions in turn, under a prefix that nobody else has. */
function contract(prefix: string): readonly StoreRequest[] {
  const at = (key: string) => `${prefix}/${key}`;
  const all = { key: at(""), end: `${prefix}0` };
  const txn = (parts: Partial<Extract<StoreRequest, { type: "store.txn" }>>): StoreRequest => ({
    ...{ type: "store.txn", compare: [], success: [], failure: [] },
    ...parts,
  });
  const put = (key: string, value: string) => ({ op: "put", key: at(key), value, previous: true }) as const;
  const absent = (key: string) => ({ key: at(key), target: "mod", result: "equal", value: 0 }) as const;
  return [
    { type: "store.range", key: at("a") },
    txn({ compare: [absent("a")], success: [put("a", "1")], failure: [{ op: "range", key: at("a") }] }),
    txn({ compare: [absent("a")], success: [put("a", "2")], failure: [{ op: "range", key: at("a") }] }),
    txn({ success: [put("a", "größer"), put("b", "2"), put("c", "")] }),
    txn({
      compare: [
        { key: at("a"), target: "version", result: "equal", value: 2 },
        { key: at("b"), target: "value", result: "notEqual", value: "3" },
        { ...absent("d"), target: "create" },
      ],
      success: [{ op: "txn", compare: [absent("e")], success: [put("e", "in")], failure: [] }],
    }),
    { type: "store.range", ...all },
    { type: "store.range", ...all, limit: 2 },
    { type: "store.range", ...all, countOnly: true },
    { type: "store.range", ...all, serializable: true },
    txn({ success: [{ op: "delete", key: at("b"), end: at("d") }] }),
    txn({
      success: [
        { op: "delete", key: at("nothing") },
        { op: "range", ...all },
      ],
    }),
    { type: "store.range", key: at("a"), revision: 1_000_000_000 },
    txn({ success: [put("large", "x".repeat(2 * 1024 * 1024))] }),
  ];
}

/** An answer without what differs from store to store: of revisions only whether a key was changed since it was made. */
function plain(answer: StoreAnswer, prefix: string): unknown {
  const ofKey = ({ key, value, version, createRevision, modRevision }: KeyValue) =>
    `${key.replace(prefix, "")}=${value} ${version} ${createRevision === modRevision}`;
  const ofResult = (result: OperationResult): unknown => {
    if (result.op === "put") return result.previous ? `put over ${ofKey(result.previous)}` : "put";
    if (result.op === "delete") return result.deleted.map(({ key, value }) => `${key.replace(prefix, "")}=${value}`);
    return result.op === "range" ? result.kvs.map(ofKey) : [result.succeeded, result.results.map(ofResult)];
  };
  if (answer.type === "store.error") return answer.code;
  if (answer.type === "store.range.ok") return [answer.kvs.map(ofKey), answer.more, answer.count];
  if (answer.type === "store.txn.ok") return [answer.succeeded, answer.results.map(ofResult)];
  return answer.type;
}

async function play(ask: Ask): Promise<readonly unknown[]> {
  const prefix = `contract-${randomUUID()}`;
  const answers: unknown[] = [];
  for (const request of contract(prefix)) answers.push(plain(await ask(request), prefix));
  return answers;
}

scenario("a cluster lives on a real etcd, which does all that its own store does", {}, async (context) => {
  const own = context.use(await createCluster({ seed: 1, topology: { nodes: 0, stores: 1, apiservers: 1 } }));
  const asked = (cluster: { readonly host: typeof own.host }) => (request: StoreRequest) =>
    cluster.host.ask("store/0", request, 60_000) as Promise<StoreAnswer>;
  const expected = await play(asked(own));
  assert.deepEqual(expected.slice(0, 3), [
    [[], false, 0],
    [true, ["put"]],
    [false, [["/a=1 1 true"]]],
  ]);
  assert.deepEqual(expected.slice(-2), ["future", "tooLarge"]);

  const etcd = await startRealEtcd();
  if (!etcd) {
    context.note("etcd is not installed (Debian's etcd-server): no cluster was brought up on one");
    return;
  }
  context.use(etcd);
  const { host, port } = etcd;
  const topology = { nodes: 1, stores: 1, apiservers: 2, outsideStore: { host, port } } as const;
  const cluster = context.use(await createCluster({ host: "thread", topology }));
  assert.deepEqual(
    await play((request) => cluster.host.ask("store/0", request, 60_000) as Promise<StoreAnswer>),
    expected,
  );

  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "web:1" }] } };
  const body = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  const place = { group: "apps", resource: "deployments", namespace: "default" } as const;
  const { code } = await cluster.api({ ...place, verb: "create", body: { ...body, spec } });
  assert.equal(code, 201);
  for (let ready = 0; ready < 2; ) {
    const found = await cluster.api<{ status?: { readyReplicas?: number } }>({ ...place, verb: "get", name: "web" });
    ready = found.body.status?.readyReplicas ?? 0;
  }
});
