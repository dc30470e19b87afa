import { assert, test } from "../../../properties/house/test.ts";
import { hostDisk, hostProblem } from "./host_disk.ts";

test("hostDisk() has the folders, files and devices of a node that agents mount as they are there", () => {
  const disk = hostDisk({ nowMs: () => 0, bytesMax: 1024 * 1024, nodesMax: 1_000 });
  const problem = (path: string, type: string) => hostProblem(disk, { kind: "host", path, type });
  const folders =
    "/var/lib/kubelet/plugins_registry /var/lib/kubelet/pods /lib/modules /sys/fs/bpf /sys/fs/cgroup /opt/cni/bin /etc/ssl/certs /run/udev";
  for (const path of folders.split(" ")) assert.equal(problem(path, "Directory"), undefined, path);
  for (const path of ["/etc/machine-id", "/etc/localtime", "/etc/os-release"]) {
    assert.equal(problem(path, "File"), undefined, path);
  }
  for (const path of ["/dev/kmsg", "/dev/fuse"]) assert.equal(problem(path, "CharDevice"), undefined, path);
  assert.equal(problem("/etc/nobody", "File"), "hostPath type check failed: /etc/nobody is not a file");
  assert.equal(
    problem("/run/containerd/containerd.sock", "Socket"),
    "hostPath type check failed: /run/containerd/containerd.sock is not a socket file",
  );
});
