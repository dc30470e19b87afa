import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processLife } from "./process_life.ts";

/**
 * Makes a temporary folder that goes with this process: when it is released, or, when the process had no time for that,
 * as soon as another one takes a temporary folder.
 *
 * @throws what the file system says
 */
export async function takeTemporaryFolder(): Promise<{ folder: string; release: () => Promise<void> }> {
  await removeAbandoned();
  const { pid } = process;
  const folder = await mkdtemp(
    join(tmpdir(), `kubetroupe.${await namesPids()}.${pid}.${(await processLife(pid)) ?? ""}.`),
  );
  return { folder, release: () => rm(folder, { recursive: true, force: true }) };
}

/** Which processes are meant by their numbers: containers that share a folder have numbers of their own. */
async function namesPids(): Promise<string> {
  const link = await readlink("/proc/self/ns/pid").catch(() => "");
  return link.replaceAll(/\D/g, "");
}

async function removeAbandoned() {
  const own = await namesPids();
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const [, names, pid, life = ""] = /^kubetroupe\.(\d*)\.(\d+)\.(\d*)\.\w{6}$/.exec(name) ?? [];
    if (pid === undefined || names !== own || (await processLife(Number(pid))) === life) continue;
    // Another user's is not ours to remove.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}
