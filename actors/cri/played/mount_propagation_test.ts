import { assert, test } from "../../../properties/house/test.ts";
import { type SystemStage, systemStage } from "../../../properties/stages/unix/system_stage.ts";
import { createHostVolumes, type HostVolumes } from "./host_volumes.ts";
import { diskPrograms } from "./unix/image_tree.ts";
import { privilegesOf } from "./unix/kernel/privileges.ts";
import { memoryShelf } from "./volume_shelf.ts";

const root = { uid: 0, gid: 0, privileges: privilegesOf({ isPrivileged: true }, 0) };

interface Mounting {
  readonly path: string;
  readonly hostPath: string;
  readonly propagation?: "HostToContainer" | "Bidirectional";
}

/** A container that has a folder of its computer, or all of that. */
function containerOn(volumes: HostVolumes, { path, hostPath, propagation }: Mounting, user = root): SystemStage {
  const order = { path: `p/${hostPath}`, kind: "host", type: "" } as const;
  volumes.prepare({ op: "PrepareVolumes", folder: "p", volumes: [{ ...order, path: hostPath }] });
  const mount = { containerPath: path, hostPath, isReadOnly: false, ...(propagation ? { propagation } : {}) };
  const [node, volume] = [volumes.find(mount), volumes.placeOf(mount)];
  if (!node || !volume) return assert.fail("there is no such folder");
  const options = { hostMounts: volumes.mounts, hostDisk: volumes.disk, user };
  const stage = systemStage({ ...options, mounts: [{ path, node, volume, isReadOnly: false }] });
  stage.system.start(["sleep", "1000"]);
  return stage;
}

const said = (stage: SystemStage, script: string) => {
  const { stdout = "", stderr = "" } = stage.exec(["sh", "-c", script]) ?? {};
  return stdout + stderr;
};
const newVolumes = () => createHostVolumes({ wallMs: () => 0, programs: diskPrograms }, memoryShelf());

// As Kubernetes' own test of mount propagation has it.
test("what containers and their computer mount below a shared folder is seen by whom its propagation says", () => {
  const volumes = newVolumes();
  const shared = { path: "/mnt/test", hostPath: "/var/lib/kubelet/shared" };
  const stages = {
    both: containerOn(volumes, { ...shared, propagation: "Bidirectional" }),
    down: containerOn(volumes, { ...shared, propagation: "HostToContainer" }),
    none: containerOn(volumes, shared),
  };
  const names = ["both", "down", "none"] as const;
  for (const name of names) said(stages[name], `mkdir /mnt/test/${name}`);
  for (const name of names)
    assert.equal(
      said(stages[name], `mount -t tmpfs of-${name} /mnt/test/${name}; echo ${name} > /mnt/test/${name}/f`),
      "",
    );
  const host = containerOn(volumes, { path: "/rootfs", hostPath: "/" });
  const enter = "nsenter --mount=/rootfs/proc/1/ns/mnt -- sh -c";
  said(host, `${enter} 'cd ${shared.hostPath}; mkdir host; mount -t tmpfs of-host host; echo host > host/f'`);
  const seen = (stage: SystemStage, folder: string) =>
    [...names, "host"].map((name) => said(stage, `cat ${folder}/${name}/f 2>/dev/null || echo -`).trim());
  assert.deepEqual(
    [...names.map((name) => seen(stages[name], "/mnt/test")), said(host, `${enter} 'cat ${shared.hostPath}/*/f'`)],
    [["both", "-", "-", "host"], ["both", "down", "-", "host"], ["-", "-", "none", "-"], "both\nhost\n"],
  );
  // Who has none of it later has what was there when it began.
  const late = containerOn(volumes, shared);
  said(stages.both, "umount /mnt/test/both");
  assert.deepEqual(
    [seen(stages.both, "/mnt/test"), seen(stages.down, "/mnt/test"), seen(late, "/mnt/test")],
    [
      ["-", "-", "-", "host"],
      ["-", "down", "-", "host"],
      ["both", "-", "-", "host"],
    ],
  );
  // What a slave takes away is gone for itself alone.
  assert.equal(said(stages.down, "umount /mnt/test/host; ls /mnt/test/host"), "");
  assert.deepEqual(seen(stages.both, "/mnt/test").at(-1), "host");
});

test("a volume that is mounted into another is seen by its container alone, and what is done to its root by all", () => {
  const volumes = newVolumes();
  const shared = { propagation: "Bidirectional" } as const;
  const outer = { containerPath: "/data", hostPath: "/srv", isReadOnly: false, ...shared };
  const inner = { containerPath: "/data/cache", hostPath: "p/cache", isReadOnly: false, ...shared };
  volumes.prepare({
    ...{ op: "PrepareVolumes", folder: "p" },
    volumes: [
      { path: "/srv", kind: "host", type: "" },
      { path: "p/cache", kind: "empty" },
    ],
  });
  const make = (mounts: readonly (typeof outer)[]) => {
    const stage = systemStage({
      hostMounts: volumes.mounts,
      mounts: mounts.flatMap((mount) => {
        const [node, volume] = [volumes.find(mount), volumes.placeOf(mount)];
        return node && volume ? [{ path: mount.containerPath, node, volume, isReadOnly: false }] : [];
      }),
    });
    stage.system.start(["sleep", "1000"]);
    return stage;
  };
  const [one, two] = [make([outer, inner]), make([outer])];
  assert.equal(
    said(one, "echo x > /data/cache/f; chmod 700 /data; chown 1000 /data; find /data"),
    "/data\n/data/cache\n/data/cache/f\n",
  );
  assert.match(said(two, "ls /data/cache; ls -ld /data"), /^drwx------ +\d+ 1000 /);
  assert.match(said(one, "mv /data/cache /data/other; rm -rf /data/cache; rmdir /data"), /(.*Resource busy\n){3}/);
});

test("mount, umount and findmnt do what the kernel lets them, in the words of BusyBox and of Debian", () => {
  const plain = systemStage({ user: { uid: 0, gid: 0 } });
  plain.system.start(["sleep", "1000"]);
  assert.equal(said(plain, "mount -t tmpfs x /mnt"), "mount: permission denied (are you root?)\n");
  assert.equal(said(plain, "umount /mnt"), "umount: can't unmount /mnt: Operation not permitted\n");
  const stage = systemStage({ user: root });
  stage.system.start(["sleep", "1000"]);
  assert.equal(
    said(stage, "mkdir /a /b; echo 1 > /a/f; mount --bind /a /b; mount -o remount,ro /b; cat /b/f; touch /b/g"),
    "1\ntouch: /b/g: Read-only file system\n",
  );
  assert.equal(said(stage, "mount -t tmpfs x /none"), "mount: mounting x on /none failed: No such file or directory\n");
  assert.equal(said(stage, "mount /dev/sdb /a"), "mount: mounting /dev/sdb on /a failed: No such file or directory\n");
  assert.equal(
    said(stage, "cd /b; umount /b; cd /; umount /b; ls /b; umount /b"),
    "umount: can't unmount /b: Resource busy\numount: can't unmount /b: Invalid argument\n",
  );
  const debian = systemStage({ user: root, image: { base: "debian" } });
  debian.system.start(["sleep", "1000"]);
  const script =
    "mount -t tmpfs -o size=1m x /mnt; findmnt -no SOURCE,FSTYPE,OPTIONS /mnt; df -m /mnt | tail -1; umount /tmp";
  assert.equal(
    said(debian, script).replace(/ +/g, " "),
    "x tmpfs rw,relatime\nx 1 0 1 0% /mnt\numount: /tmp: not mounted.\n",
  );
});

test("chroot() shows nothing beside one of the folders, and a computer's disk has programs of its own", () => {
  const volumes = newVolumes();
  const plain = { uid: 0, gid: 0 } as typeof root;
  const stage = containerOn(volumes, { path: "/host", hostPath: "/" }, plain);
  const script = "echo hi > /tmp/f; cat /etc/debian_version; cd ..; ls -d /host; pwd; cat /proc/self/comm";
  assert.equal(said(stage, `chroot /host sh -c '${script}'`), "12.12\n/\ncat\nls: /host: No such file or directory\n");
  assert.deepEqual(["kind" in volumes.disk().find("/tmp/f"), said(stage, "cat /host/tmp/f")], [true, "hi\n"]);
  assert.match(said(stage, "chroot /nowhere"), /^chroot: can't change root directory to '\/nowhere': No such file/);
  const dropped = { ...plain, privileges: privilegesOf({ capabilities: { drop: ["ALL"] } }, 0) };
  assert.match(
    said(containerOn(volumes, { path: "/host", hostPath: "/" }, dropped), "chroot /host ls"),
    /not permitted/,
  );
});
