import { type FSWatcher, watch } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DeviceContext, DeviceDefinition } from "../../runtime/devices/device.ts";
import { failed, ok } from "../kit/result.ts";
import { manifestPod } from "./manifest_text.ts";
import type { Manifest, ManifestsAnswer, ReadManifests } from "./messages.ts";

/** As a kubelet does, more than that is not read. */
const bytesMax = 10 * 1024 * 1024;
/** Who writes a file does so in several steps: it is looked at when they are over. */
const settleMs = 50;

/**
 * The `manifests` device over a folder of this machine, with a folder in it for each node, by the node's name. What
 * changes in them is told at once; whoever reads now and then, as kubelets do, misses nothing where the system cannot tell.
 */
export function manifestFolders(folder: string): DeviceDefinition {
  return {
    name: "manifests",
    needs: () => undefined,
    open(context) {
      const watched = watchFolders(context);
      return {
        request(any, done) {
          const own = join(folder, (any as ReadManifests).node);
          watched.over(own, folder);
          readManifests(own).then(done, (error: Error) => done(failed(error.message) satisfies ManifestsAnswer));
        },
        close: () => watched.end(),
      };
    },
  };
}

function watchFolders(context: DeviceContext) {
  let watcher: FSWatcher | undefined;
  let path: string | undefined;
  let isTelling = false;
  const tell = () => {
    if (isTelling) return;
    isTelling = true;
    context.after(settleMs, () => {
      isTelling = false;
      context.push({ type: "manifests.changed" });
    });
  };
  const end = () => {
    watcher?.close();
    watcher = undefined;
    path = undefined;
  };
  const begin = (wanted: string): boolean => {
    if (path === wanted) return true;
    try {
      const begun = watch(wanted, { persistent: false }, tell);
      begun.on("error", end);
      end();
      watcher = begun;
      path = wanted;
      return true;
    } catch {
      return false;
    }
  };
  return {
    end,
    /** Watches a folder, or the one that it will be in. */
    over(own: string, outer: string) {
      // The folder may have been taken away and made anew, which its watcher does not tell.
      if (path === own) end();
      if (!begin(own)) begin(outer);
    },
  };
}

async function readManifests(folder: string): Promise<ManifestsAnswer> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ok([]);
    throw error;
  }
  const shown = names.filter((name) => !name.startsWith(".")).sort();
  const manifests = await Promise.all(shown.map((file) => readManifest(file, join(folder, file))));
  return ok(manifests.flatMap((each) => each ?? []));
}

async function readManifest(file: string, path: string): Promise<Manifest | undefined> {
  const wrong = (why: string): Manifest => ({ file, path, pod: failed(why) });
  try {
    const { size, isDirectory, isFile } = await facts(path);
    if (isDirectory) return wrong("it is a directory, not recursing into it");
    if (!isFile) return wrong("it is not a directory or file");
    if (size > bytesMax) return wrong(`it has ${size} bytes, ${bytesMax} at most`);
    return { file, path, pod: manifestPod(await readFile(path, "utf8")) };
  } catch (error) {
    // Gone between two looks.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

async function facts(path: string) {
  const found = await stat(path);
  return { size: found.size, isDirectory: found.isDirectory(), isFile: found.isFile() };
}
