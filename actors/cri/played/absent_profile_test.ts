import { assert, test } from "../../../properties/house/test.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import { absentProfile } from "./absent_profile.ts";
import { createHostVolumes } from "./host_volumes.ts";

test("absentProfile() refuses a container whose own profile is not on its node, in a runtime's words", () => {
  const volumes = createHostVolumes({ wallMs: () => 0 }, {
    open: () => assert.fail("no volume"),
    remove() {},
  } as never);
  const node = { volumes } as unknown as RuntimeNode;
  const seccompFile = "/var/lib/kubelet/seccomp/profiles/audit.json";
  const refusal = `failed to create containerd container: cannot load seccomp profile "${seccompFile}": open ${seccompFile}: no such file or directory`;
  assert.equal(absentProfile(node, { seccompFile }), refusal);
  assert.equal(absentProfile(node, { seccompFile, isPrivileged: true }), undefined);
  volumes.disk().makeFolders("/var/lib/kubelet/seccomp/profiles");
  volumes.disk().fileToWrite(seccompFile, true);
  assert.equal(absentProfile(node, { seccompFile }), undefined);
  assert.match(
    absentProfile(node, { appArmor: "Localhost", appArmorProfile: "deny-write" }) ?? "",
    /: apparmor profile not found deny-write$/,
  );
  assert.equal(absentProfile(node, { appArmor: "RuntimeDefault" }), undefined);
});
