import { assert, test } from "../../../properties/house/test.ts";
import type { ContainerConfig } from "../messages.ts";
import type { PodSandboxConfig } from "../sandbox_config.ts";
import { containerConfig, resourcesOf, sandboxConfig } from "./given_config.ts";

const owner = { cluster: "c", computer: "computer/node-0" };
const pod: PodSandboxConfig = { name: "web-0", namespace: "default", uid: "u", attempt: 1 };
const config: ContainerConfig = { name: "c", image: "i", attempt: 0, command: [], args: [], env: { A: "1" } };

function securityOf(given: Partial<ContainerConfig>, more: Partial<PodSandboxConfig> = {}) {
  const place = { owner, pod: { ...pod, ...more }, mounts: [], logPath: "c/0.log", target: undefined };
  return containerConfig({ ...config, ...given }, place).linux?.security_context;
}

test("sandboxConfig() says whose a sandbox is, and which namespaces it has of its own", () => {
  const given = sandboxConfig({ ...pod, sysctls: [{ name: "net/core/x", value: "1" }] }, owner, "/logs");
  assert.deepEqual(given.metadata, { name: "web-0", namespace: "default", uid: "u", attempt: 1 });
  assert.equal(given.hostname, "web-0");
  assert.deepEqual(given.linux?.sysctls, [{ key: "net.core.x", value: "1" }]);
  assert.deepEqual(given.linux?.security_context?.namespace_options, { network: 0, pid: 1, ipc: 0 });
  assert.ok(given.labels?.some(({ key, value }) => key === "kubetroupe.dev/cluster" && value === "c"));
  const ofNode = sandboxConfig({ ...pod, hostNetwork: true, sharedWithNode: ["processes", "ipc"] }, owner, "/logs");
  assert.equal(ofNode.hostname, "");
  assert.deepEqual(ofNode.linux?.security_context?.namespace_options, { network: 2, pid: 2, ipc: 2 });
  assert.equal(sandboxConfig({ ...pod, name: `${"a".repeat(62)}-b` }, owner, "/logs").hostname, "a".repeat(62));
});

test("containerConfig() hides of /proc what Kubernetes hides, unless a container may see all", () => {
  const usual = securityOf({});
  assert.ok(usual?.masked_paths?.includes("/proc/kcore") && usual.readonly_paths?.includes("/proc/sys"));
  assert.equal(usual?.run_as_user, undefined);
  for (const open of [{ isPrivileged: true }, { seesAllOfProc: true }]) {
    assert.deepEqual(securityOf(open)?.masked_paths, []);
  }
  assert.equal(securityOf({ isPrivileged: true })?.privileged, true);
  assert.deepEqual(securityOf({ seccomp: "RuntimeDefault" })?.seccomp, { profile_type: 0 });
  assert.deepEqual(securityOf({ seccomp: "Localhost", seccompFile: "/p" })?.seccomp, {
    profile_type: 2,
    localhost_ref: "/p",
  });
  assert.deepEqual(securityOf({ user: { uid: 7, gid: 8, groups: [9] } })?.supplemental_groups, [9]);
  const policies = [{}, { isOfTheseAlone: true }].map((more) => securityOf({ user: { uid: 7, groups: [9], ...more } }));
  assert.deepEqual(
    policies.map((each) => each?.supplemental_groups_policy),
    [0, 1],
  );
  assert.equal(securityOf({}, { sharesProcesses: true })?.namespace_options?.pid, 0);
});

test("resourcesOf() tells the kernel a share of each tenth of a second, or that there is no limit, and whom to prefer", () => {
  assert.deepEqual(resourcesOf({ cpuLimitMillis: 250, memoryLimitBytes: 7 }), {
    ...{ cpu_shares: 2, cpu_period: 100_000, cpu_quota: 25_000, memory_limit_in_bytes: 7 },
  });
  assert.equal(resourcesOf({ cpuLimitMillis: 1 }).cpu_quota, 1_000);
  assert.equal(resourcesOf({}).cpu_quota, -1);
  const sharesOf = (cpuRequestMillis: number) => resourcesOf({ cpuRequestMillis }).cpu_shares;
  assert.deepEqual([1, 250, 1_000, 1_000_000].map(sharesOf), [2, 256, 1_024, 262_144]);
});
