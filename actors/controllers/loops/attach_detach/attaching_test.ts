import { assert, test } from "../../../../properties/house/test.ts";
import { volumeNamed } from "../../../../properties/stages/storage/storage_objects.ts";
import type { PersistentVolume } from "../../../api/kinds/persistent_volume.ts";
import type { VolumeAttachment } from "../../../api/kinds/volume_attachment.ts";
import type { Frozen, Node, Pod } from "../../../api/types.ts";
import { attachmentName, diskDriver, uniqueVolumeName } from "../../../storage/messages.ts";
import { type AttachMemory, type AttachScene, attachPlan } from "./attaching.ts";

const source = { driver: diskDriver, volumeHandle: "v" };
const unique = uniqueVolumeName(source);
const volume = (mode = "ReadWriteOnce") =>
  volumeNamed("v", {
    spec: {
      accessModes: [mode],
      csi: source,
      claimRef: { namespace: "default", name: "data", uid: "u" },
    },
  }) as PersistentVolume;
const pod = (name: string, nodeName: string) =>
  ({ metadata: { name, uid: name, namespace: "default" }, spec: { nodeName }, status: {} }) as unknown as Frozen<Pod>;
const attachment = (nodeName: string, attached = true) =>
  ({
    metadata: { name: attachmentName(source, nodeName) },
    spec: { nodeName, attacher: diskDriver, source: { persistentVolumeName: "v" } },
    status: { attached },
  }) as unknown as Frozen<VolumeAttachment>;
const node = (name: string, { used = false, ready = "True", taint = "" } = {}) =>
  [
    name,
    {
      metadata: { name },
      spec: taint ? { taints: [{ key: taint, effect: "NoExecute" }] } : {},
      status: {
        conditions: [{ type: "Ready", status: ready }],
        volumesInUse: used ? [unique] : [],
        volumesAttached: [{ name: unique, devicePath: "" }],
      },
    } as unknown as Frozen<Node>,
  ] as const;

const emptyMemory = (): AttachMemory => ({ unwantedSince: new Map(), awaited: new Set(), told: new Set() });

function linesOf(scene: Partial<AttachScene>, { uptimeMs = 0, memory = emptyMemory() } = {}): string[] {
  const whole: AttachScene = {
    ...{ volume: volume(), users: [], attachments: [], nodes: new Map() },
    attachedTo: (name) => (scene.attachments?.some(({ spec }) => spec.nodeName === name) ? [unique] : []),
    ...scene,
  };
  const { actions } = attachPlan(whole, { uptimeMs, memory } as never);
  return actions.map((action) => {
    if (action.op === "create") return `attach to ${(action.object as VolumeAttachment).spec.nodeName}`;
    if (action.op === "tell") return `${action.object.metadata.name}: ${action.report.message}`;
    if (action.op === "patch") return `${action.name} says ${JSON.stringify((action.patch as Patch).status)}`;
    const name = "name" in action ? action.name : action.kind.plural;
    return `${action.op} ${name === attachmentName(source, "n1") ? "at-n1" : name}`;
  });
}

interface Patch {
  readonly status: object;
}

test("attachPlan brings a volume for one node at a time to one node, and tells the pods elsewhere once", () => {
  const memory = emptyMemory();
  assert.deepEqual(linesOf({ users: [pod("a", "n1")] }, { memory }), ["attach to n1"]);
  const scene = {
    users: [pod("a", "n1"), pod("b", "n2")],
    attachments: [attachment("n1")],
    nodes: new Map([node("n1")]),
  };
  const told = 'b: Multi-Attach error for volume "v" Volume is already used by pod(s) a';
  const success = 'a: AttachVolume.Attach succeeded for volume "v" ';
  assert.deepEqual(linesOf(scene, { memory }), [told, success]);
  assert.deepEqual(linesOf(scene, { memory }), []);
  assert.deepEqual(linesOf({ ...scene, volume: volume("ReadWriteMany") }), ["attach to n2"]);
  const left = {
    users: [pod("b", "n2")],
    attachments: [attachment("n1")],
    nodes: new Map([node("n1", { used: true })]),
  };
  assert.deepEqual(linesOf(left), [
    `b: Multi-Attach error for volume "v" Volume is already exclusively attached to one node and can't be attached to another`,
  ]);
});

test("attachPlan takes a volume away from a node that has let go of it, is out of service, or is silent for six minutes", () => {
  const detached = ["ensureEmpty pods", "delete at-n1", 'n1 says {"volumesAttached":null}'];
  const on = (options: Parameters<typeof node>[1]) => ({
    attachments: [attachment("n1")],
    nodes: new Map([node("n1", options)]),
  });
  assert.deepEqual(linesOf(on({})), detached);
  assert.deepEqual(linesOf(on({ used: true })), []);
  assert.deepEqual(linesOf(on({ used: true, taint: "node.kubernetes.io/out-of-service" })), detached);
  const memory = emptyMemory();
  const silent = on({ used: true, ready: "Unknown" });
  assert.deepEqual(linesOf(silent, { memory }), []);
  assert.deepEqual(linesOf(silent, { memory, uptimeMs: 359_999 }), []);
  assert.deepEqual(linesOf(silent, { memory, uptimeMs: 360_000 }), detached);
  // A node that is ready keeps what it uses, however long it takes.
  memory.unwantedSince.set(attachmentName(source, "n1"), 0);
  assert.deepEqual(linesOf(on({ used: true }), { memory, uptimeMs: 999_999 }), []);
  assert.deepEqual(linesOf({ attachments: [attachment("n1")] }), [
    "ensureAbsent n1",
    "ensureEmpty pods",
    "delete at-n1",
  ]);
});
