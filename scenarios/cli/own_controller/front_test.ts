import type { IncomingMessage } from "node:http";
import { createServer, request } from "node:https";
import { assert, type ScenarioContext, scenario, test } from "../../../properties/house/test.ts";
import { randomFrom } from "../../../runtime/mod.ts";
import { clusterCredentials } from "../../cluster/certificates.ts";
import { listenOn } from "../../cluster/front_door.ts";
import type { Admin } from "./admin.ts";
import { type Exchange, requestOf } from "./exchange.ts";
import { openFront } from "./front.ts";
import { createFrontEngine } from "./front_engine.ts";
import type { FrontControl, Learned, PlannedFault } from "./front_kind.ts";
import { drawPlan } from "./trials.ts";
import { createWatchGate } from "./watch_gate.ts";

/** A server that answers everything with what it was asked, and a front with this plan before it. */
async function stage(context: ScenarioContext, plan: readonly PlannedFault[]) {
  const { serving, caCert } = await clusterCredentials();
  const asked: string[] = [];
  const server = createServer(serving, (incoming, outgoing) => {
    const { method, url = "", headers } = incoming;
    asked.push(`${method} ${url}`);
    outgoing.writeHead(method === "POST" ? 201 : 200, { "content-type": "application/json" });
    if (url.includes("watch=true"))
      return void outgoing.write(`${JSON.stringify({ type: "ADDED", object: { url } })}\n`);
    const metadata = { name: "x", namespace: "a", uid: "u", resourceVersion: "41" };
    outgoing.end(JSON.stringify({ metadata, accept: headers.accept, authorization: headers.authorization }));
  });
  const port = await listenOn(server, { host: "127.0.0.1", port: 0 });
  const notes: string[] = [];
  const gate = createWatchGate();
  const control: FrontControl = {
    gate,
    admin: {} as Admin,
    process: undefined,
    closeAll: () => front.closeAll(),
    owned: () => [],
    versionBefore: () => "40",
    grant: async () => {},
    note: (text) => void notes.push(text),
  };
  const engine = createFrontEngine(plan, control);
  const front = await openFront({
    target: { host: "127.0.0.1", port, ca: caCert },
    port: 0,
    gate,
    interference: engine,
  });
  context.defer(async () => {
    await engine.heal();
    await front.close();
    server.closeAllConnections();
    server.close();
  });
  const send = (method: string, path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { host, port: own, caCert: ca } = front;
      const headers = { accept: "application/vnd.kubernetes.protobuf, application/json", authorization: "Bearer t" };
      request({ host, port: own, ca, method, path, headers, agent: false }, resolve).on("error", reject).end();
    });
  const ask = async (method: string, path: string) => {
    const response = await send(method, path);
    let text = "";
    for await (const piece of response) text += piece;
    return { code: response.statusCode, body: JSON.parse(text) };
  };
  return { ask, send, asked, notes, engine };
}

const pods = "/api/v1/namespaces/a/pods";

scenario("a front passes requests as they are, in JSON, with the client's own token", {}, async (context) => {
  const { ask, asked } = await stage(context, []);
  const { code, body } = await ask("GET", `${pods}/x`);
  assert.deepEqual([code, body.accept, body.authorization], [200, "application/json", "Bearer t"]);
  assert.deepEqual(asked, [`GET ${pods}/x`]);
});

scenario("a front loses requests before they arrive and answers after writes were done", {}, async (context) => {
  const { ask, asked, notes } = await stage(context, [
    { fault: "lost-request", when: { before: "create pods", nth: 1 } },
    { fault: "lost-answer", when: { before: "create pods", nth: 2 } },
    { fault: "crash", when: { after: "create pods", nth: 3 } },
  ]);
  for (const arrived of [0, 1, 2]) {
    await assert.rejects(ask("POST", pods), /socket hang up|ECONNRESET/);
    assert.equal(asked.length, arrived);
  }
  assert.equal((await ask("POST", pods)).code, 201);
  assert.deepEqual(notes.filter((each) => each.startsWith("fault")).length, 3);
});

scenario("a front refuses in Kubernetes' words, and only so many times", {}, async (context) => {
  const when = { before: "list pods", nth: 1 };
  const { ask, asked } = await stage(context, [{ fault: "refusal", when, code: 429, resource: "pods" }]);
  const codes: (number | undefined)[] = [];
  for (let run = 0; run < 4; run++) codes.push((await ask("GET", pods)).code);
  assert.deepEqual(codes, [429, 429, 429, 200]);
  assert.equal(asked.length, 1);
});

scenario("behind a lagging server lists from the cache show the time before the newest write", {}, async (context) => {
  const { ask, asked } = await stage(context, [{ fault: "lagging-server", when: { after: "create pods", nth: 1 } }]);
  await ask("POST", pods);
  await ask("GET", `${pods}?resourceVersion=0`);
  await ask("GET", pods);
  const pinned = `GET ${pods}?resourceVersion=40&resourceVersionMatch=Exact`;
  assert.deepEqual(asked.slice(1), [pinned, `GET ${pods}`]);
});

scenario("a watch that is lost ends, and going on from its version is too old, once", {}, async (context) => {
  const { ask, send } = await stage(context, [{ fault: "expired-version", when: { before: "list pods", nth: 1 } }]);
  const from = `${pods}?watch=true&resourceVersion=7`;
  const first = await send("GET", from);
  await ask("GET", pods);
  let told = "";
  for await (const piece of first) told += piece;
  assert.match(told, /^{"type":"ADDED"/);
  const { body } = await ask("GET", from);
  assert.deepEqual([body.type, body.object.code, body.object.reason], ["ERROR", 410, "Expired"]);
  const third = await send("GET", from);
  for await (const piece of third) {
    assert.match(String(piece), /ADDED/);
    break;
  }
});

test("drawPlan() aims at the writes that were learned, with each kind in its turn", () => {
  const lines = ["GET /api/v1/pods", `POST ${pods}`, `POST ${pods}`, `PUT ${pods}/x/status`];
  const exchanges = lines.map((line, atMs): Exchange => {
    const [method = "", url = ""] = line.split(" ");
    const request = requestOf(method, url);
    assert.ok(request);
    return { ...request, code: method === "POST" ? 201 : 200, atMs };
  });
  const learned: Learned = { exchanges, steps: 2, hasProcess: true, customResources: [], hasWebhooks: false };
  const plans = Array.from({ length: 400 }, (_none, index) =>
    drawPlan(learned, { random: randomFrom(index), index, options: { seed: 1 } }),
  );
  const kinds = new Set(plans.flat().map(({ fault }) => fault));
  assert.ok(kinds.has("crash") && kinds.has("owned-deleted") && kinds.has("lost-watch"));
  assert.ok(!kinds.has("webhook-unreachable") && !kinds.has("schema-changed"));
  const crashes = plans.flat().filter(({ fault }) => fault === "crash");
  const at = crashes.map(({ when }) => ("before" in when ? when.before : "after" in when ? when.after : "?"));
  // Besides a step of the user, which changes things while the client is away.
  assert.deepEqual([...new Set(at)].sort(), ["?", "create pods", "update pods/status"]);
  assert.ok(crashes.some(({ when }) => "nth" in when && when.nth === 2));
});
