import type { Address } from "../core/actor.ts";
import type { Device, DeviceDefinition } from "./device.ts";
import { createDiskFiles, type DiskFiles } from "./disk_files.ts";
import { diskNeeds, diskScope } from "./disk_paths.ts";
import type { DiskAnswer, DiskRequest } from "./messages.ts";

interface Queued {
  readonly request: DiskRequest;
  done(answer: DiskAnswer): void;
}

/** A file, and the folder of all disks that its path is relative to. */
interface Place {
  readonly root: string;
  readonly path: string;
}

type Append = DiskRequest & { readonly op: "append" };

/**
 * Real files below `folder`, each actor's in the folder of its address. Requests of one actor are served in order, as
 * the model's are; appends that wait for each other become one write and, when one of them asks for it, one sync.
 */
export function disk(folder: string): DeviceDefinition {
  /** The last work of an earlier life: a later one begins after it. */
  const tails = new Map<Address, Promise<void>>();

  function open({ address }: { readonly address: Address }): Device {
    const files = createDiskFiles(folder);
    const queue: Queued[] = [];
    const placeOf = (path: string, actor: Address): Place => ({ root: folder, path: diskScope(path, actor) });
    const before = tails.get(address) ?? Promise.resolve();
    let isBusy = false;
    let isCrashed = false;

    async function work() {
      await before;
      for (let first = queue.shift(); first; first = queue.shift()) await serveFirst(first);
      isBusy = false;
    }

    async function serveFirst(first: Queued) {
      const { request, done } = first;
      if (request.op !== "append") return done(await serve(files, request, placeOf(request.path, address)));
      const group = [first];
      while (isSameFile(queue[0]?.request, request)) group.push(queue.shift() as Queued);
      const appends = group.map((each) => each.request as Append);
      const answer = await appendAll(files, placeOf(request.path, address), appends);
      for (const each of group) each.done(answer);
    }

    return {
      request(request, done) {
        queue.push({ request: request as DiskRequest, done });
        if (isBusy) return;
        isBusy = true;
        tails.set(address, work());
      },
      close(crashed) {
        isCrashed = crashed;
        // What a killed process had not yet asked of the system never happens.
        if (isCrashed) queue.length = 0;
        const tail = (tails.get(address) ?? before).then(() => files.close());
        tails.set(address, tail);
        void tail.then(() => tails.get(address) === tail && tails.delete(address));
      },
    };
  }

  return { name: "disk", needs: diskNeeds, open };
}

function isSameFile(request: DiskRequest | undefined, first: DiskRequest): boolean {
  return request?.op === "append" && request.path === first.path;
}

async function appendAll(files: DiskFiles, place: Place, appends: readonly Append[]): Promise<DiskAnswer> {
  const data = appends.length === 1 ? (appends[0] as Append).data : appends.map((each) => each.data).join("");
  return answered(place, async () => {
    await files.append(
      place.path,
      data,
      appends.some((each) => each.sync),
    );
    return { ok: true };
  });
}

function serve(files: DiskFiles, request: Exclude<DiskRequest, Append>, place: Place): Promise<DiskAnswer> {
  const { path } = place;
  return answered(place, async () => {
    switch (request.op) {
      case "read": {
        const data = await files.read(path);
        return data === undefined ? { ok: true } : { ok: true, data };
      }
      case "replace":
        await files.replace(path, request.data);
        return { ok: true };
      case "truncate":
        await files.truncate(path, request.size);
        return { ok: true };
      case "remove":
        await files.remove(path);
        return { ok: true };
      case "list": {
        const base = path.slice(0, path.length - request.path.length);
        return { ok: true, names: (await files.list(path)).map((name) => name.slice(base.length)) };
      }
    }
  });
}

/** What the system refuses is an answer, not a crash. */
async function answered({ root, path }: Place, body: () => Promise<DiskAnswer>): Promise<DiskAnswer> {
  try {
    if (path.split("/").includes(".."))
      throw Object.assign(new Error("it leads out of its folder"), { code: "EACCES" });
    return await body();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const known =
      code === "ENOSPC" || code === "EDQUOT" ? "ENOSPC" : code === "EACCES" || code === "EPERM" ? "EACCES" : "EIO";
    return { ok: false, code: known, message: `Cannot use "${path}" on the disk "${root}": ${message}` };
  }
}
