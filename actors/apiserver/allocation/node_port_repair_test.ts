import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import type { KeyValue, Operation, TxnRequest } from "../../store/messages.ts";

const inDefault = { namespace: "default" };
const everyMs = 180_000;

function stage() {
  const lab = createLab({ servers: 2 });
  const write = (...success: Operation[]) => {
    const request: TxnRequest = { type: "store.txn", compare: [], success, failure: [] };
    lab.simulation.askNow("store", request, 5_000);
  };
  const taken = () => {
    const { now } = lab.simulation.dataOf("store") as { readonly now: ReadonlyMap<string, KeyValue> };
    return [...now.keys()].filter((key) => key.startsWith("/registry/nodeports/")).map((key) => key.slice(20));
  };
  const service = (name: string, nodePort: number) => {
    const spec = { type: "NodePort", selector: { a: "b" }, ports: [{ port: 80, nodePort }] };
    const body = { apiVersion: "v1", kind: "Service", metadata: { name }, spec };
    return lab.call("create", "services", { ...inDefault, body });
  };
  const events = () =>
    lab
      .call("list", "events", inDefault)
      .body.items.map(
        ({ involvedObject, reason, message, reportingComponent }: Readonly<Record<string, string>>) =>
          `${(involvedObject as unknown as { name: string }).name} ${reason} ${message} (${reportingComponent})`,
      )
      .sort();
  return { lab, write, taken, service, events };
}

test("repairPortsWhenDue() takes the node ports that Services have, and tells of it", () => {
  const { lab, write, taken, service, events } = stage();
  assert.equal(service("web", 30_080).code, 201);
  write({ op: "delete", key: "/registry/nodeports/30080" });
  assert.deepEqual(taken(), []);
  lab.simulation.advance(everyMs + 5_000);
  assert.deepEqual(taken(), ["30080"]);
  assert.equal(service("second", 30_080).code, 422);
  // Of two servers, one has taken it, and tells.
  const repaired = "web PortNotAllocated Port 30080 is not allocated; repairing (portallocator-repair-controller)";
  assert.deepEqual(events(), [repaired]);
});

test("repairPortsWhenDue() frees a node port that nobody has after several looks, and no other", () => {
  const { lab, write, taken, service } = stage();
  service("web", 30_080);
  write({ op: "put", key: "/registry/nodeports/30090", value: "{}" });
  lab.simulation.advance(everyMs + 5_000);
  assert.deepEqual(taken(), ["30080", "30090"]);
  assert.equal(service("late", 30_090).code, 422);
  lab.simulation.advance(everyMs + 5_000);
  assert.deepEqual(taken(), ["30080"]);
  assert.equal(service("late", 30_090).code, 201);
  lab.simulation.advance(5 * everyMs);
  assert.deepEqual(taken(), ["30080", "30090"]);
});

test("repairPortsWhenDue() tells once of node ports that two Services have, or that are out of range", () => {
  const { lab, write, service, events } = stage();
  const { body } = service("web", 30_080);
  const foreign = (name: string, nodePort: number) => {
    const ports = [{ port: 80, protocol: "TCP", targetPort: 80, nodePort }];
    const { uid: _uid, resourceVersion: _version, ...metadata } = { ...body.metadata, name };
    const value = JSON.stringify({ ...body, metadata: { ...metadata, uid: name }, spec: { ...body.spec, ports } });
    write({ op: "put", key: `/registry/services/specs/default/${name}`, value });
  };
  foreign("also", 30_080);
  foreign("low", 80);
  lab.simulation.advance(4 * everyMs);
  const again = "please recreate service (portallocator-repair-controller)";
  assert.deepEqual(
    [...new Set<string>(events())],
    [
      `low PortOutOfRange Port 80 is not within the port range 30000-32767; ${again}`,
      `web PortAlreadyAllocated Port 30080 was assigned to multiple services; ${again}`,
    ],
  );
  assert.equal(events().length, 4, "each of two servers tells of both, once");
});
