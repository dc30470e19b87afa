import { assert, test } from "../../properties/house/test.ts";
import { withDevices } from "./cdi.ts";
import type { ContainerConfig } from "./messages.ts";

const config: ContainerConfig = {
  ...{ name: "c", image: "busybox:1", attempt: 0, command: [], args: [], env: { A: "1", B: "2" } },
  cdiDevices: ["gpu.example.com/test=one"],
};
const spec = {
  cdiVersion: "0.3.0",
  kind: "gpu.example.com/test",
  devices: [{ name: "one", containerEdits: { env: ["B=two=2", "C="] } }],
};

test("withDevices() sets what the files of the node say, in place of what the pod says", () => {
  const made = withDevices(config, ["not JSON", "null", JSON.stringify({ kind: "x" }), JSON.stringify(spec)]);
  assert.ok(made.ok);
  assert.deepEqual(made.value.env, { A: "1", B: "two=2", C: "" });
  assert.equal(made.value.cdiDevices, undefined);
});

test("withDevices() refuses a device that no file tells of", () => {
  const made = withDevices({ ...config, cdiDevices: ["gpu.example.com/test=one", "gpu.example.com/test=two"] }, [
    JSON.stringify(spec),
  ]);
  const text =
    "failed to generate spec: CDI device injection failed: unresolvable CDI devices gpu.example.com/test=two";
  assert.deepEqual(made, { ok: false, failure: text });
});
