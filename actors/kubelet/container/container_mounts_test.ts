import { assert, test } from "../../../properties/house/test.ts";
import type { Container, Pod } from "../../api/types.ts";
import { containerMounts } from "./container_mounts.ts";
import { createExpander } from "./expansion.ts";

test("containerMounts() has all below a mount read-only where that is asked for, be it only where it is possible", () => {
  const how = ["Enabled", "IfPossible", "Disabled", undefined];
  const volumeMounts = how.map((recursiveReadOnly, index) => ({
    ...{ name: "v", mountPath: `/${index}`, readOnly: true },
    ...(recursiveReadOnly === undefined ? {} : { recursiveReadOnly }),
  }));
  const container: Container = { name: "c", image: "busybox", volumeMounts };
  const spec = { containers: [container], volumes: [{ name: "v", emptyDir: {} }] };
  const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", uid: "u" }, spec, status: {} };
  const made = containerMounts(container, { pod, expander: createExpander(), paths: new Map() });
  const said = made.ok ? made.value.map(({ isAllReadOnly }) => isAllReadOnly) : made.failure;
  assert.deepEqual(said, [true, true, undefined, undefined]);
});

test("containerMounts() says who sees what is mounted below a mount, where that is anybody else", () => {
  const how = ["None", "HostToContainer", "Bidirectional", undefined];
  const volumeMounts = how.map((mountPropagation, index) => ({
    ...{ name: "v", mountPath: `/${index}` },
    ...(mountPropagation === undefined ? {} : { mountPropagation }),
  }));
  const container: Container = { name: "c", image: "busybox", volumeMounts };
  const spec = { containers: [container], volumes: [{ name: "v", emptyDir: {} }] };
  const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", uid: "u" }, spec, status: {} };
  const made = containerMounts(container, { pod, expander: createExpander(), paths: new Map() });
  const said = made.ok ? made.value.map(({ propagation }) => propagation) : made.failure;
  assert.deepEqual(said, [undefined, "HostToContainer", "Bidirectional", undefined]);
});
