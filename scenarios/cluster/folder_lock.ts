import { randomBytes } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { processLife } from "./process_life.ts";

/** A process that has a folder, or wants it. */
interface Claim {
  readonly name: string;
  readonly pid: number;
  /** As `processLife` tells it. */
  readonly life: string;
}

/** What came of wanting a folder: it is this process's until it is released, or another process has it. */
export type FolderLock =
  | { readonly release: () => Promise<void> }
  | { readonly holder: { readonly pid: number; readonly path: string } };

const attemptsMax = 10;
const backOffMsMax = 50;

/**
 * Takes a folder for this process alone. Each claims it by an empty file of its own, named after its process, and then
 * looks for others: of two that want it at once at least one sees the other, so never do both have it. What a dead
 * process left behind is removed by whoever sees it, and as no two claims have one name, nobody ever removes a living
 * one. An empty file needs no room on a full disk.
 *
 * @throws what the file system says
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  let seen: readonly Claim[] = [];
  for (let attempt = 1; ; attempt++) {
    const own = await claim(folder);
    const path = join(folder, own.name);
    const others = (await livingClaims(folder)).filter(({ name }) => name !== own.name);
    const [first] = others;
    if (!first) return { release: () => rm(path, { force: true }) };
    await rm(path, { force: true });
    // Who has it stays; who only wanted it at the same time has given way as well, and claims it by another name.
    const stays = others.find(({ name }) => seen.some((each) => each.name === name));
    const holder = stays ?? (attempt === attemptsMax ? first : undefined);
    if (holder) return { holder: { pid: holder.pid, path: join(folder, holder.name) } };
    seen = others;
    await wait(1 + Math.random() * backOffMsMax * attempt);
  }
}

async function claim(folder: string): Promise<Claim> {
  const { pid } = process;
  const life = (await processLife(pid)) ?? "";
  const name = `lock.${pid}.${life}.${randomBytes(4).toString("hex")}`;
  await (await open(join(folder, name), "wx", 0o600)).close();
  return { name, pid, life };
}

/** The claims of processes that live; those of the dead are removed. */
async function livingClaims(folder: string): Promise<readonly Claim[]> {
  const living: Claim[] = [];
  for (const each of (await readdir(folder)).flatMap(readClaim)) {
    if ((await processLife(each.pid)) === each.life) living.push(each);
    else await rm(join(folder, each.name), { force: true });
  }
  return living;
}

function readClaim(name: string): readonly Claim[] {
  const [, pid, life = ""] = /^lock\.(\d+)\.(\d*)\.[0-9a-f]+$/.exec(name) ?? [];
  return pid === undefined ? [] : [{ name, pid: Number(pid), life }];
}
