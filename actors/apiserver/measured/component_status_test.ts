import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

const table = "application/json;as=Table;v=v1;g=meta.k8s.io";

test("componentstatuses tell who leads and how the store is, with a warning that they are deprecated", () => {
  const lab = createLab({ stores: 3 });
  const url = "/api/v1/componentstatuses";
  const rows = () =>
    JSON.parse(lab.http(url, { headers: { accept: table } }).body()).rows.map(({ cells }: { cells: string[] }) =>
      cells.slice(0, 2),
    );
  assert.deepEqual(rows(), [
    ["controller-manager", "Unhealthy"],
    ["scheduler", "Unhealthy"],
    ["etcd-0", "Healthy"],
    ["etcd-1", "Healthy"],
    ["etcd-2", "Healthy"],
  ]);
  const { creationTimestamp } = lab.call("get", "namespaces", { name: "default" }).body.metadata;
  const renewTime = creationTimestamp.replace("Z", ".000000Z");
  const spec = { holderIdentity: "a", leaseDurationSeconds: 15, renewTime };
  const created = lab.call("create", "leases", {
    namespace: "kube-system",
    body: { metadata: { name: "kube-scheduler" }, spec },
  });
  assert.equal(created.code, 201, JSON.stringify(created.body));
  // The server's own mirror of leases is a moment behind.
  lab.simulation.advance(20);
  const one = lab.http(`${url}/scheduler`);
  assert.match(one.headers().Warning ?? "", /^299 - "v1 ComponentStatus is deprecated in v1\.19\+"$/);
  assert.deepEqual(JSON.parse(one.body()).conditions, [{ type: "Healthy", status: "True", message: "ok" }]);
  lab.simulation.advance(40_000);
  assert.match(JSON.parse(lab.http(`${url}/scheduler`).body()).conditions[0].message, /last renewed 4\d seconds ago$/);
  assert.equal(lab.http(`${url}/none`).code(), 404);
  assert.equal(lab.http(url, { method: "POST", body: "{}" }).code(), 405);
  assert.ok(
    lab
      .http(`${url}/etcd-0`, { headers: { accept: "application/vnd.kubernetes.protobuf" } })
      .body()
      .startsWith("k8s"),
  );
});
