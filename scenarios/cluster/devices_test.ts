import type { ResourceClaim } from "../../actors/api/kinds/resource_claim.ts";
import { madeClaim } from "../../actors/api/resource_claims.ts";
import type { Pod } from "../../actors/api/types.ts";
import { assert, fc, property } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";
import { managerAddress, schedulerAddress } from "./topology.ts";

const namespace = "default";
const driver = "gpu.example.com";
const resourceGroup = { group: "resource.k8s.io", version: "v1" } as const;
const apiVersion = "resource.k8s.io/v1";
const perNode = 2;

const deviceClass = {
  ...{ apiVersion, kind: "DeviceClass", metadata: { name: "gpu" } },
  spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] },
};
const sliceOf = (nodeName: string) => ({
  ...{ apiVersion, kind: "ResourceSlice", metadata: { name: nodeName } },
  spec: {
    ...{ driver, nodeName, pool: { name: nodeName, generation: 1, resourceSliceCount: 1 } },
    devices: Array.from({ length: perNode }, (_each, index) => ({ name: `gpu-${index}` })),
  },
});
const template = {
  ...{ apiVersion, kind: "ResourceClaimTemplate", metadata: { name: "one" } },
  spec: { spec: { devices: { requests: [{ name: "gpu", exactly: { deviceClassName: "gpu" } }] } } },
};
const podOf = (name: string) => ({
  ...{ apiVersion: "v1", kind: "Pod", metadata: { name } },
  spec: {
    terminationGracePeriodSeconds: 1,
    resourceClaims: [{ name: "gpu", resourceClaimTemplateName: "one" }],
    containers: [{ name: "c", image: "train:1", resources: { claims: [{ name: "gpu" }] } }],
  },
});

/** A pod comes, or the pod of that place goes; or a component is lost. */
type Deed =
  | { readonly do: "make" }
  | { readonly do: "end"; readonly place: number }
  | { readonly do: "crash"; readonly address: string };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ do: "make" as const }) },
  { weight: 4, arbitrary: fc.nat(9).map((place) => ({ do: "end" as const, place })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(schedulerAddress(0), managerAddress(0))
      .map((address) => ({ do: "crash" as const, address })),
  },
);

property(
  "no device is two claims' at a time, each pod that runs has its own, and none is idle while a pod waits",
  [fc.nat(1_000), fc.array(fc.tuple(deed, fc.integer({ min: 1, max: 1_500 })), { minLength: 12, maxLength: 24 })],
  async (seed, deeds) => {
    await using cluster = await createCluster({ seed, topology: { nodes: 2, stores: 1, apiservers: 1 } });
    const { api, host } = cluster;
    const make = async (resource: string, body: object, place: object = resourceGroup) => {
      const { code } = await api({ verb: "create", resource, ...place, body });
      assert.equal(code, 201);
    };
    const listed = async <T>(resource: string, place: object) => {
      const { body } = await api<{ items: readonly T[] }>({ verb: "list", resource, namespace, ...place });
      return body.items;
    };
    const look = async () => {
      const claims = await listed<ResourceClaim>("resourceclaims", resourceGroup);
      const pods = await listed<Pod>("pods", {});
      const devices = claims.flatMap(({ status }) => status?.allocation?.devices?.results ?? []);
      const names = devices.map(({ pool, device }) => `${pool} ${device}`);
      assert.equal(new Set(names).size, names.length, `given twice: ${names.join(", ")}`);
      for (const pod of pods.filter(({ status }) => status.phase === "Running")) {
        const claim = claims.find(({ metadata }) => metadata.name === madeClaim(pod, "gpu")?.resourceClaimName);
        const [result] = claim?.status.allocation?.devices?.results ?? [];
        assert.equal(result?.pool, pod.spec.nodeName, `${pod.metadata.name} runs without a device of its node`);
      }
      return { pods, claims };
    };
    await make("deviceclasses", deviceClass);
    for (const node of ["node-0", "node-1"]) await make("resourceslices", sliceOf(node));
    await make("resourceclaimtemplates", template, { ...resourceGroup, namespace });
    let made = 0;
    for (const [each, ms] of deeds) {
      if (each.do === "make") await make("pods", podOf(`p${made++}`), { namespace });
      else if (each.do === "end") await api({ verb: "delete", resource: "pods", namespace, name: `p${each.place}` });
      else host.crashNow(each.address, "for the test");
      host.advance(ms);
      await look();
    }
    host.advance(90_000);
    const { pods, claims } = await look();
    const running = pods.filter(({ status }) => status.phase === "Running").length;
    assert.equal(running, Math.min(pods.length, 2 * perNode));
    assert.equal(claims.length, pods.length);
  },
  { runs: 2 },
);
