import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { Pod } from "../../api/types.ts";
import type { PreparedDevice } from "../../dra_driver/messages.ts";
import { type ClaimInfo, containerDevices, namedClaims, noDevices, restoreState, stateText } from "./claims.ts";

const device = (request: string, cdi: string): PreparedDevice => {
  return { request, pool: "node-0", device: "device-00", cdiDevices: [cdi] };
};

function podOf(claims: readonly object[], resources: object, statuses: readonly object[] = []): Pod {
  const spec = { resourceClaims: claims, containers: [{ name: "c", resources }] };
  const metadata = { name: "p", namespace: "default", uid: "u" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec,
    status: { resourceClaimStatuses: statuses },
  } as unknown as Pod;
}

function stateOf(...claims: readonly Partial<ClaimInfo>[]) {
  const state = noDevices();
  for (const claim of claims) {
    const info: ClaimInfo = {
      ...{ uid: "c1", namespace: "default", name: "mine", drivers: new Map(), pods: new Set(["u"]) },
      ...{ isPrepared: true, leaving: undefined },
      ...claim,
    };
    state.claims.set(`${info.namespace}/${info.name}`, info);
  }
  return state;
}

const drivers = new Map([
  ["gpu.example.com", [device("big", "x=big"), device("small/first", "x=small"), device("small/first", "x=small")]],
]);
const claims = [{ name: "gpu", resourceClaimName: "mine" }];
const ask = (pod: Pod, state = stateOf({ drivers })) => {
  const [container] = pod.spec.containers;
  assert.ok(container);
  return containerDevices(state, container, pod);
};

test("containerDevices() gives a container the devices of the requests that it names, each once", () => {
  const value = (used: object[]) => ask(podOf(claims, { claims: used }));
  assert.deepEqual(value([{ name: "gpu" }]), { ok: true, value: ["x=big", "x=small"] });
  assert.deepEqual(value([{ name: "gpu", request: "small" }]), { ok: true, value: ["x=small"] });
  assert.deepEqual(value([]), { ok: true, value: [] });
});

test("containerDevices() refuses a container whose claim is not prepared for its pod", () => {
  const failure = "internal error: unable to get claim info for ResourceClaim mine in namespace default";
  const pod = podOf(claims, { claims: [{ name: "gpu" }] });
  assert.deepEqual(ask(pod, noDevices()), { ok: false, failure });
  assert.deepEqual(ask(pod, stateOf({ drivers, pods: new Set(["another"]) })), { ok: false, failure });
});

test("namedClaims() waits for claims that are yet to be made, and leaves out those that were not needed", () => {
  const wanted = [{ name: "gpu", resourceClaimTemplateName: "t" }];
  assert.deepEqual(namedClaims(podOf(wanted, {})), {
    ok: false,
    failure: 'pod "default/p": ResourceClaim not created yet',
  });
  assert.deepEqual(namedClaims(podOf(wanted, {}, [{ name: "gpu" }])), { ok: true, value: [] });
  assert.deepEqual(namedClaims(podOf(wanted, {}, [{ name: "gpu", resourceClaimName: "p-gpu-1" }])), {
    ok: true,
    value: [{ name: "p-gpu-1", isMade: true }],
  });
});

const word = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(..."abc-1") });
const info = fc.record({
  ...{ uid: word, namespace: word, name: word },
  pods: fc.uniqueArray(word).map((pods) => new Set(pods)),
  drivers: fc
    .uniqueArray(fc.tuple(word, fc.array(fc.tuple(word, word).map(([a, b]) => device(a, b)))), {
      selector: ([name]) => name,
    })
    .map((entries) => new Map(entries)),
});

property("what a kubelet writes down of claims is what the next one knows", [fc.array(info)], (infos) => {
  const state = stateOf(...infos);
  const next = noDevices();
  restoreState(next, stateText(state));
  const said = (of: typeof state) =>
    [...of.claims].map(([key, { uid, drivers: d, pods }]) => [key, uid, [...d].sort(), [...pods]]);
  assert.deepEqual(said(next), said(state));
  assert.ok([...next.claims.values()].every(({ isPrepared }) => !isPrepared));
});
