import type { DeviceContext, DeviceDefinition } from "../../runtime/devices/device.ts";
import { ok } from "../kit/result.ts";
import { manifestPod } from "./manifest_text.ts";
import type { ManifestsAnswer, ReadManifests } from "./messages.ts";

/** The `manifests` device of a simulated cluster, whose folders a test fills. */
export interface ManifestsModel extends DeviceDefinition {
  /** Puts a file into a node's folder, or another text into the one that is there. */
  write(node: string, file: string, text: string): void;
  remove(node: string, file: string): void;
  /** What is in a node's folder, by name. */
  files(node: string): ReadonlyMap<string, string>;
}

const none: ReadonlyMap<string, string> = new Map();

/** Makes folders of manifests that are in memory, one a node, over the same reading of texts as the real ones. */
export function manifestsModel(): ManifestsModel {
  const folders = new Map<string, Map<string, string>>();
  const readers = new Map<string, Set<DeviceContext>>();

  function folderOf(node: string): Map<string, string> {
    const folder = folders.get(node) ?? new Map<string, string>();
    folders.set(node, folder);
    return folder;
  }

  function tell(node: string): void {
    for (const reader of readers.get(node) ?? []) reader.push({ type: "manifests.changed" });
  }

  return {
    name: "manifests",
    needs: () => undefined,
    open: (context) => ({
      request(any, done) {
        const { node } = any as ReadManifests;
        const watching = readers.get(node) ?? new Set<DeviceContext>();
        readers.set(node, watching.add(context));
        done(read(folders.get(node) ?? none));
      },
      close() {
        for (const watching of readers.values()) watching.delete(context);
      },
    }),
    write(node, file, text) {
      folderOf(node).set(file, text);
      tell(node);
    },
    remove(node, file) {
      folderOf(node).delete(file);
      tell(node);
    },
    files: (node) => folders.get(node) ?? none,
  };
}

function read(folder: ReadonlyMap<string, string>): ManifestsAnswer {
  const names = [...folder.keys()].filter((file) => !file.startsWith(".")).sort();
  return ok(names.map((file) => ({ file, path: file, pod: manifestPod(folder.get(file) ?? "") })));
}
