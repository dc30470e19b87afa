import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

const place = { namespace: "kube-system", name: "kube-apiserver-legacy-service-account-token-tracking" };

test("trackTokens() writes down the day, again when it is away or is none, and leaves any day as it is", () => {
  const lab = createLab();
  lab.simulation.advance(2_000);
  const get = () => lab.call("get", "configmaps", place).body;
  const today = get().data.since;
  assert.match(today, /^\d{4}-\d{2}-\d{2}$/);
  for (const [data, expected] of [
    [
      { since: "long ago", other: "x" },
      { since: today, other: "x" },
    ],
    [{ since: "2026-02-31" }, { since: today }],
    [undefined, { since: today }],
    [{ since: "2020-01-31" }, { since: "2020-01-31" }],
    // Kubernetes looks whether it is a day, not which one.
    [{ since: "2999-01-01" }, { since: "2999-01-01" }],
  ] as const) {
    assert.equal(lab.call("update", "configmaps", { ...place, body: { ...get(), data } }).code, 200);
    lab.simulation.advance(12_000);
    assert.deepEqual(get().data, expected);
  }
  lab.call("delete", "configmaps", place);
  lab.simulation.advance(12_000);
  assert.deepEqual(get().data, { since: today });
});
