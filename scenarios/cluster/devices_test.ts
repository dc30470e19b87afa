import type { ResourceClaim } from "../../actors/api/kinds/resource_claim.ts";
import { madeClaim } from "../../actors/api/resource_claims.ts";
import type { Pod } from "../../actors/api/types.ts";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";
import { draDriverOf, kubeletAddress, managerAddress, schedulerAddress } from "./topology.ts";

const namespace = "default";
const driver = "gpu.example.com";
const resourceGroup = { group: "resource.k8s.io", version: "v1" } as const;
const apiVersion = "resource.k8s.io/v1";
const perNode = 2;

const deviceClass = {
  ...{ apiVersion, kind: "DeviceClass", metadata: { name: "gpu" } },
  spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] },
};
const template = {
  ...{ apiVersion, kind: "ResourceClaimTemplate", metadata: { name: "one" } },
  spec: {
    spec: {
      devices: {
        requests: [{ name: "gpu", exactly: { deviceClassName: "gpu" } }],
        config: [{ opaque: { driver, parameters: { colour: "red" } } }],
      },
    },
  },
};
/** A container whose device is not ready ends with this. */
const unprepared = 3;
const command = ["sh", "-c", `[ "$user_colour" = red ] || exit ${unprepared}; sleep 100000`];
const podOf = (name: string) => ({
  ...{ apiVersion: "v1", kind: "Pod", metadata: { name } },
  spec: {
    terminationGracePeriodSeconds: 1,
    restartPolicy: "Never",
    resourceClaims: [{ name: "gpu", resourceClaimTemplateName: "one" }],
    containers: [{ name: "c", image: "busybox:1", command, resources: { claims: [{ name: "gpu" }] } }],
  },
});

/** A pod comes, or the pod of that place goes, by force or as it should; or a component is lost. */
type Deed =
  | { readonly do: "make" }
  | { readonly do: "end" | "force"; readonly place: number }
  | { readonly do: "crash"; readonly address: string };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ do: "make" as const }) },
  { weight: 4, arbitrary: fc.nat(9).map((place) => ({ do: "end" as const, place })) },
  { weight: 1, arbitrary: fc.nat(9).map((place) => ({ do: "force" as const, place })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        ...[schedulerAddress(0), managerAddress(0), kubeletAddress(0), kubeletAddress(1)],
        ...[draDriverOf("node-0", driver), draDriverOf("node-1", driver)],
      )
      .map((address) => ({ do: "crash" as const, address })),
  },
);

property(
  "no device is two claims' at a time, each pod that runs has its own and finds it ready, and none is idle while a pod waits",
  [fc.nat(1_000), fc.array(fc.tuple(deed, fc.integer({ min: 1, max: 1_500 })), { minLength: 12, maxLength: 24 })],
  async (seed, deeds) => {
    const devices = [{ driver, perNode }];
    await using cluster = await createCluster({ seed, topology: { nodes: 2, stores: 1, apiservers: 1, devices } });
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
      const codes = pods.map(({ status }) => status.containerStatuses?.[0]?.state?.terminated?.exitCode);
      assert.ok(!codes.includes(unprepared), "a container ran whose device was not ready");
      for (const pod of pods.filter(({ status }) => status.phase === "Running")) {
        const claim = claims.find(({ metadata }) => metadata.name === madeClaim(pod, "gpu")?.resourceClaimName);
        const [result] = claim?.status.allocation?.devices?.results ?? [];
        assert.equal(result?.pool, pod.spec.nodeName, `${pod.metadata.name} runs without a device of its node`);
      }
      return { pods, claims };
    };
    await make("deviceclasses", deviceClass);
    await make("resourceclaimtemplates", template, { ...resourceGroup, namespace });
    let made = 0;
    for (const [each, ms] of deeds) {
      if (each.do === "make") await make("pods", podOf(`p${made++}`), { namespace });
      else if (each.do === "crash") host.crashNow(each.address, "for the test");
      else {
        const body = each.do === "force" ? { gracePeriodSeconds: 0 } : {};
        await api({ verb: "delete", resource: "pods", namespace, name: `p${each.place}`, body });
      }
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

test("a kubelet that begins anew knows what is prepared, and takes back what nobody wants any more", async () => {
  const devices = [{ driver, perNode }];
  await using cluster = await createCluster({ topology: { nodes: 1, stores: 1, apiservers: 1, devices } });
  const { api, host } = cluster;
  const make = (resource: string, body: object, place: object = resourceGroup) =>
    api({ verb: "create", resource, ...place, body });
  const pods = async () =>
    (await api<{ items: readonly Pod[] }>({ verb: "list", resource: "pods", namespace })).body.items;
  const stateOf = async (name: string) => {
    const pod = (await pods()).find(({ metadata }) => metadata.name === name);
    return pod?.status.containerStatuses?.[0];
  };
  await make("deviceclasses", deviceClass);
  await make("resourceclaimtemplates", template, { ...resourceGroup, namespace });
  const restarting = podOf("again");
  const [container] = restarting.spec.containers;
  const brief = ["sh", "-c", `[ "$user_colour" = red ] || exit ${unprepared}; sleep 20`];
  await make(
    "pods",
    {
      ...restarting,
      spec: { ...restarting.spec, restartPolicy: "Always", containers: [{ ...container, command: brief }] },
    },
    { namespace },
  );
  await make("pods", podOf("forgotten"), { namespace });
  host.advance(10_000);
  assert.ok((await stateOf("forgotten"))?.state?.running);
  const claims = await api<{ items: readonly ResourceClaim[] }>({
    verb: "list",
    resource: "resourceclaims",
    ...resourceGroup,
  });
  assert.deepEqual(
    claims.body.items.map(({ status }) => status.devices?.map(({ conditions }) => conditions?.[0]?.type)),
    [["Ready"], ["Ready"]],
  );
  // What a kubelet that is away does not hear of.
  host.crashNow(kubeletAddress(0), "for the test");
  await api({ verb: "delete", resource: "pods", namespace, name: "forgotten", body: { gracePeriodSeconds: 0 } });
  host.advance(60_000);
  const again = await stateOf("again");
  assert.ok((again?.restartCount ?? 0) >= 1);
  assert.equal(again?.lastState?.terminated?.exitCode, 0);
  assert.equal(again?.state?.waiting?.reason === "CreateContainerConfigError", false);
  await make("pods", podOf("next"), { namespace });
  host.advance(30_000);
  assert.ok((await stateOf("next"))?.state?.running, "a device of a pod that is gone was not taken back");
});

test("without its driver a pod waits, and its events say for whom", async () => {
  await using cluster = await createCluster({ topology: { nodes: 1, stores: 1, apiservers: 1 } });
  const { api, host } = cluster;
  const make = (resource: string, body: object, place: object = resourceGroup) =>
    api({ verb: "create", resource, ...place, body });
  const pool = { name: "node-0", generation: 1, resourceSliceCount: 1 };
  const spec = { driver, nodeName: "node-0", pool, devices: [{ name: "device-00" }] };
  await make("resourceslices", { apiVersion, kind: "ResourceSlice", metadata: { name: "s" }, spec });
  await make("deviceclasses", deviceClass);
  await make("resourceclaimtemplates", template, { ...resourceGroup, namespace });
  await make("pods", podOf("p"), { namespace });
  host.advance(10_000);
  const pod = await api<Pod>({ verb: "get", resource: "pods", namespace, name: "p" });
  assert.equal(pod.body.status.containerStatuses?.[0]?.state?.waiting?.reason, "ContainerCreating");
  const events = await api<{ items: readonly { reason: string; message: string }[] }>({
    verb: "list",
    resource: "events",
    namespace,
  });
  const failure = events.body.items.find(({ reason }) => reason === "FailedPrepareDynamicResources");
  const why = `Failed to prepare dynamic resources: prepare dynamic resources: DRA driver ${driver} is not registered`;
  assert.equal(failure?.message, why);
});

test("a claim that several pods share is ready for each, and taken back after the last", async () => {
  const devices = [{ driver, perNode: 1 }];
  await using cluster = await createCluster({ topology: { nodes: 1, stores: 1, apiservers: 1, devices } });
  const { api, host } = cluster;
  const make = (resource: string, body: object, place: object = resourceGroup) =>
    api({ verb: "create", resource, ...place, body });
  const phaseOf = async (name: string) =>
    (await api<Pod>({ verb: "get", resource: "pods", namespace, name })).body.status?.phase;
  const end = (name: string) => api({ verb: "delete", resource: "pods", namespace, name });
  await make("deviceclasses", deviceClass);
  await make("resourceclaimtemplates", template, { ...resourceGroup, namespace });
  const claim = { apiVersion, kind: "ResourceClaim", metadata: { name: "shared" }, spec: template.spec.spec };
  await make("resourceclaims", claim, { ...resourceGroup, namespace });
  const sharing = (name: string) => {
    const pod = podOf(name);
    return { ...pod, spec: { ...pod.spec, resourceClaims: [{ name: "gpu", resourceClaimName: "shared" }] } };
  };
  for (const name of ["a", "b"]) await make("pods", sharing(name), { namespace });
  await make("pods", podOf("waits"), { namespace });
  host.advance(10_000);
  assert.deepEqual([await phaseOf("a"), await phaseOf("b"), await phaseOf("waits")], ["Running", "Running", "Pending"]);
  await end("a");
  host.advance(5_000);
  await make("pods", sharing("c"), { namespace });
  host.advance(10_000);
  assert.equal(await phaseOf("c"), "Running");
  // The last goes as the next comes: it waits until the claim was taken back, and is ready then.
  await end("b");
  await end("c");
  host.advance(200);
  await make("pods", sharing("d"), { namespace });
  host.advance(40_000);
  const found = [await phaseOf("d"), await phaseOf("waits")].sort();
  assert.deepEqual(found, ["Pending", "Running"]);
  for (const name of ["d", "waits"]) if ((await phaseOf(name)) === "Running") await end(name);
  host.advance(60_000);
  const left = await api<{ items: readonly Pod[] }>({ verb: "list", resource: "pods", namespace });
  assert.deepEqual(
    left.body.items.map(({ status }) => status.phase),
    ["Running"],
  );
  // A driver that stays away has its devices offered no more.
  const slices = async () =>
    (await api<{ items: readonly object[] }>({ verb: "list", resource: "resourceslices", ...resourceGroup })).body
      .items;
  assert.equal((await slices()).length, 1);
  await host.stop(draDriverOf("node-0", driver));
  host.advance(25_000);
  assert.equal((await slices()).length, 1);
  host.advance(10_000);
  assert.equal((await slices()).length, 0);
});
