import { assert, test } from "../../../properties/house/test.ts";
import type { Container, Pod, PodSpec } from "../../api/types.ts";
import { hostNameError, hostNameOf } from "./host_name.ts";
import { processSettings } from "./process_settings.ts";

function podWith(spec: Partial<PodSpec>): Pod {
  const metadata = { name: "p", namespace: "shop" };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [], ...spec }, status: {} };
}

const plain: Container = { name: "c", image: "busybox:1" };

test("processSettings() has a container's user before its pod's, and its pod's groups", () => {
  assert.deepEqual(processSettings(plain, podWith({})), {});
  const securityContext = { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000] };
  const pod = podWith({ securityContext, shareProcessNamespace: true });
  const own = { ...plain, securityContext: { runAsUser: 7 } };
  const user = { uid: 7, gid: 3000, groups: [2000, 4000] };
  assert.deepEqual(processSettings(own, pod), { user, fsGroup: 2000, processes: "pod" });
  assert.deepEqual(processSettings(plain, podWith({}), [777]), { user: { groups: [777] } });
  // Who a container runs as that only has a group is its image's business.
  assert.deepEqual(processSettings(plain, podWith({ securityContext: { fsGroup: 5 } })), {
    user: { groups: [5] },
    fsGroup: 5,
  });
  const strict = { runAsUser: 5, supplementalGroups: [6], supplementalGroupsPolicy: "Strict" };
  assert.deepEqual(processSettings(plain, podWith({ securityContext: strict })), {
    user: { uid: 5, groups: [6], isOfTheseAlone: true },
  });
  assert.deepEqual(processSettings(plain, podWith({ hostPID: true })), { processes: "host" });
  const debug = { ...plain, targetContainerName: "web" };
  assert.deepEqual(processSettings(debug, podWith({})), { processes: { of: "web" } });
});

test("hostNameOf() has the domain of a pod's subdomain where the pod says so, and not more than there is room for", () => {
  const named = { hostname: "web-1", subdomain: "webs" };
  assert.equal(hostNameOf(podWith({})), "p");
  assert.equal(hostNameOf(podWith(named)), "web-1");
  assert.deepEqual(processSettings(plain, podWith(named)), { domain: "webs.shop.svc.cluster.local" });
  assert.equal(hostNameOf(podWith({ ...named, setHostnameAsFQDN: true })), "web-1.webs.shop.svc.cluster.local");
  assert.equal(hostNameError(podWith({ ...named, setHostnameAsFQDN: true })), undefined);
  const long = podWith({ ...named, hostname: "w".repeat(60), setHostnameAsFQDN: true });
  assert.match(hostNameError(long) ?? "", /is too long \(64 characters is the max, 88 characters requested\)$/);
  assert.equal(hostNameOf(podWith({ ...named, hostNetwork: true, nodeName: "node-1" })), "node-1");
});

test("processSettings() says what a container's processes may, where that is not the usual", () => {
  const of = (securityContext: Container["securityContext"]) =>
    processSettings({ ...plain, ...(securityContext ? { securityContext } : {}) }, podWith({}));
  assert.deepEqual(of({ privileged: true }), { isPrivileged: true });
  assert.deepEqual(of({ allowPrivilegeEscalation: false }), { mayNotGain: true });
  const capabilities = { drop: ["ALL"], add: ["NET_ADMIN"] };
  assert.deepEqual(of({ capabilities, seccompProfile: { type: "RuntimeDefault" } }), {
    capabilities,
    seccomp: "RuntimeDefault",
  });
  assert.deepEqual(of({ seccompProfile: { type: "Unconfined" } }), {});
  const appArmorProfile = { type: "Localhost", localhostProfile: "deny-write" };
  assert.deepEqual(of({ appArmorProfile } as never), { appArmor: "Localhost", appArmorProfile: "deny-write" });
});
