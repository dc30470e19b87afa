import { assert, test } from "../../properties/house/test.ts";
import { createLab } from "../../properties/stages/apiserver/lab.ts";

const place = { namespace: "default", name: "kubernetes" };

function told(lab: ReturnType<typeof createLab>) {
  const [subset] = lab.call("get", "endpoints", place).body.subsets ?? [];
  const slice = lab.call("get", "endpointslices", place).body;
  return {
    endpoints: subset?.addresses.map(({ ip }: { ip: string }) => ip),
    slice: slice.endpoints?.flatMap(({ addresses }: { addresses: string[] }) => addresses),
    port: slice.ports?.[0].port,
  };
}

test("keepOwnEndpoints() leads the service of the API to its server, again when somebody takes that away", () => {
  const lab = createLab({ input: { advertise: { ip: "172.18.0.2", port: 6443 } } });
  lab.simulation.advance(2_000);
  const expected = { endpoints: ["172.18.0.2"], slice: ["172.18.0.2"], port: 6443 };
  assert.deepEqual(told(lab), expected);
  lab.call("delete", "endpoints", place);
  lab.call("delete", "endpointslices", place);
  lab.simulation.advance(12_000);
  assert.deepEqual(told(lab), expected);
});

test("keepOwnEndpoints() of a server keeps the addresses of others", () => {
  const lab = createLab({ input: { advertise: { ip: "172.18.0.3", port: 6443 } } });
  lab.simulation.advance(2_000);
  const { body } = lab.call("get", "endpoints", place);
  body.subsets[0].addresses = [{ ip: "172.18.0.2" }];
  assert.equal(lab.call("update", "endpoints", { ...place, body }).code, 200);
  lab.simulation.advance(12_000);
  assert.deepEqual(told(lab).endpoints, ["172.18.0.2", "172.18.0.3"]);
});
