import type { PodGroup, ResourceLimits } from "../resource_limits.ts";
import { type FileNode, type Folder, newFolder, newMedium } from "./unix/files/file_node.ts";
import { groupFiles } from "./unix/kernel/group_files.ts";

type Entry = readonly [name: string, node: FileNode];
type Group = Parameters<typeof groupFiles>[0];

const medium = newMedium({ bytesMax: 0, nodesMax: 0, isReadOnly: true });

/** What of a node's runtime its control groups are made from. */
export interface GroupedNode {
  readonly sandboxes: ReadonlyMap<
    string,
    {
      readonly status: { readonly ready: boolean; readonly pod: { readonly uid: string } };
      readonly group?: PodGroup;
      readonly containers: ReadonlyMap<
        string,
        { readonly config: ResourceLimits; readonly status: { readonly container: string; readonly state: string } }
      >;
    }
  >;
}

/** Entries of a folder that are made up each time when somebody looks. */
function madeUp(make: () => Iterable<Entry>): Map<string, FileNode> {
  return new Proxy(new Map<string, FileNode>(), {
    get(_nothing, name) {
      const now = new Map(make());
      const found: unknown = Reflect.get(now, name, now);
      return typeof found === "function" ? found.bind(now) : found;
    },
  });
}

function folder(entries: Map<string, FileNode>): Folder {
  return { ...newFolder(medium, 0, 0o555), entries };
}

function file(name: string, bytes: string): Entry {
  return [name, { kind: "file", owner: medium, mode: 0o644, modifiedMs: 0, bytes }];
}

const filesOf = (group: Group): Entry[] => Object.entries(groupFiles(group)).map(([name, text]) => file(name, text));

/** What is below a group of a class of pods: `kubepods-burstable`; the guaranteed have none of their own. */
const classes = { Burstable: "kubepods-burstable", BestEffort: "kubepods-besteffort" } as const;

/**
 * The control groups of a node as systemd names them, with those of its pods and their containers, at each moment.
 *
 * @see https://kubernetes.io/docs/concepts/architecture/cgroups/
 */
export function groupTree(node: GroupedNode): Folder {
  const podsOf = (qosClass: string, prefix: string): Entry[] =>
    [...node.sandboxes.values()].flatMap((sandbox) => {
      const { status, group = { qosClass: "BestEffort" as const } } = sandbox;
      if (!status.ready || group.qosClass !== qosClass) return [];
      const containers = [...sandbox.containers.values()].flatMap((container): Entry[] =>
        container.status.state === "CONTAINER_RUNNING"
          ? [[`cri-containerd-${container.status.container}.scope`, folder(new Map(filesOf(container.config)))]]
          : [],
      );
      const name = `${prefix}-pod${status.pod.uid.replaceAll("-", "_")}.slice`;
      return [[name, folder(new Map([...filesOf(group), ...containers]))]];
    });
  const all = () => [
    ...filesOf({}),
    ...Object.entries(classes).map(
      ([qosClass, name]): Entry => [
        `${name}.slice`,
        folder(madeUp(() => [...filesOf(requestsOf(qosClass)), ...podsOf(qosClass, name)])),
      ],
    ),
    ...podsOf("Guaranteed", "kubepods"),
  ];
  /** What all of a class have asked for. */
  const requestsOf = (qosClass: string): Group => {
    const groups = [...node.sandboxes.values()].flatMap(({ status, group }) => (status.ready && group ? [group] : []));
    const own = groups.filter((group) => group.qosClass === qosClass);
    return { cpuRequestMillis: own.reduce((sum, { cpuRequestMillis = 0 }) => sum + cpuRequestMillis, 0) };
  };
  const controllers = file("cgroup.controllers", groupFiles({})["cgroup.controllers"]);
  return folder(madeUp(() => [controllers, ["kubepods.slice", folder(madeUp(all))]]));
}
