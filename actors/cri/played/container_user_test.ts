import { assert, test } from "../../../properties/house/test.ts";
import { containerUser } from "./container_user.ts";

test("containerUser() has a process in the groups of its image, unless its pod wants its own alone", () => {
  const agnhost = "registry.k8s.io/e2e-test-images/agnhost:2.56";
  const asked = { uid: 1_000, groups: [60_000] };
  assert.deepEqual(containerUser({ image: agnhost, user: asked }), {
    ...{ uid: 1_000, gid: 1_000, groups: [1_000, 50_000, 60_000] },
  });
  const alone = containerUser({ image: agnhost, user: { ...asked, isOfTheseAlone: true } });
  assert.deepEqual(alone.groups, [1_000, 60_000]);
  assert.deepEqual(containerUser({ image: agnhost, user: { uid: 1_000, gid: 7 } }).groups, [7, 50_000]);
});

test("containerUser() is whom the image says where the pod says nothing, and root's group is that of whom nobody knows", () => {
  assert.deepEqual(containerUser({ image: "busybox" }), { uid: 0, gid: 0, groups: [0] });
  assert.deepEqual(containerUser({ image: "busybox", user: { uid: 1_001 } }), { uid: 1_001, gid: 0, groups: [0] });
  const nonroot = containerUser({ image: "registry.k8s.io/e2e-test-images/nonroot:1.4" });
  assert.deepEqual([nonroot.uid, nonroot.gid], [1_234, 1_234]);
});
