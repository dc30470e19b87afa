import { assert, test } from "../../properties/house/test.ts";
import { createPolicyTable, type NodePods, type PodRules } from "./pod_policies.ts";

const nodeIp = "192.168.0.1";
const closed = (uid: string, ...ips: string[]): PodRules => ({ uid, ips, ingress: [] });

/** A table of a node whose pods have these addresses now. */
function tableOf(there: Record<string, string>) {
  const pods: NodePods = { uidAt: (ip) => there[ip], has: (uid) => Object.values(there).includes(uid) };
  const table = createPolicyTable(pods);
  const lets = (ip: string) =>
    table.allows({ protocol: "tcp", source: "10.0.1.1", target: { ip, port: 80 } }, [nodeIp]);
  return { table, lets };
}

test("createPolicyTable() has rules hold for a pod from its first address on, whatever the API says of its addresses", () => {
  const there: Record<string, string> = {};
  const { table, lets } = tableOf(there);
  table.replace({ known: ["web"], rules: [closed("web")] });
  assert.equal(lets("10.0.0.1"), true, "nobody has it");
  there["10.0.0.1"] = "web";
  assert.equal(lets("10.0.0.1"), false);
  there["10.0.0.2"] = "web";
  delete there["10.0.0.1"];
  assert.deepEqual([lets("10.0.0.1"), lets("10.0.0.2")], [true, false], "it was begun anew");
});

test("createPolicyTable() goes by who has an address now, not by whom the API still says that it is of", () => {
  const { table, lets } = tableOf({ "10.0.0.1": "other", "10.0.0.2": "open" });
  table.replace({ known: ["web", "other", "open"], rules: [closed("web", "10.0.0.1", "10.0.0.2", "10.0.0.3")] });
  assert.deepEqual([lets("10.0.0.1"), lets("10.0.0.2")], [true, true]);
  assert.equal(lets("10.0.0.3"), false, "of whom the node knows nothing the API is believed");
});

test("createPolicyTable() keeps what was said of a pod that is there and that nothing is said of any more", () => {
  const there: Record<string, string> = { "10.0.0.1": "web" };
  const { table, lets } = tableOf(there);
  table.replace({ known: ["web"], rules: [closed("web", "10.0.0.1")] });
  table.replace({ known: [], rules: [] });
  assert.equal(lets("10.0.0.1"), false);
  table.replace({ known: ["web"], rules: [] });
  assert.equal(lets("10.0.0.1"), true, "no policy selects it any more");
  table.replace({ known: ["web"], rules: [closed("web")] });
  table.replace({ known: "all", rules: [] });
  assert.equal(lets("10.0.0.1"), true, "no policy is left");
  table.replace({ known: ["web"], rules: [closed("web")] });
  delete there["10.0.0.1"];
  table.replace({ known: [], rules: [] });
  assert.deepEqual(table.all(), [], "it is gone");
});

test("createPolicyTable() knows nobody at first, then those of whom all is said, or everybody", () => {
  const { table } = tableOf({});
  assert.equal(table.knows("web"), false);
  table.replace({ known: ["web"], rules: [] });
  assert.deepEqual([table.knows("web"), table.knows("db")], [true, false]);
  table.replace({ known: "all", rules: [] });
  assert.equal(table.knows("db"), true);
});
