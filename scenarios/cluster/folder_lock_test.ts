import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { assert, test } from "../../properties/house/test.ts";
import { bundledProgram } from "../../properties/stages/bundled_program.ts";
import { lockFolder } from "./folder_lock.ts";
import { processLife } from "./process_life.ts";

test("lockFolder() is not fooled by what the dead left behind, also when their number was given again", async () => {
  await inFolder(async (folder) => {
    // No process has the first number: it is past the largest. The second is this one's, but began at another time.
    const dead = ["lock.999999999.17.00000000", `lock.${process.pid}.1.00000000`];
    for (const name of dead) await writeFile(join(folder, name), "");
    const lock = await lockFolder(folder);
    assert.ok("release" in lock);
    const [own, ...others] = await readdir(folder);
    assert.deepEqual(others, []);
    assert.match(own ?? "", new RegExp(`^lock\\.${process.pid}\\.`));
    await lock.release();
    assert.deepEqual(await readdir(folder), []);
  });
});

test("lockFolder() names who has the folder", async () => {
  await inFolder(async (folder) => {
    const first = await lockFolder(folder);
    const [name = ""] = await readdir(folder);
    assert.deepEqual(await lockFolder(folder), { holder: { pid: process.pid, path: join(folder, name) } });
    assert.ok("release" in first);
    await first.release();
  });
});

test("lockFolder() lets one of many processes win that want a folder at once, and another one when that was killed", async () => {
  await inFolder(async (folder) => {
    const contenders = await Promise.all(Array.from({ length: 8 }, () => contender(folder)));
    try {
      for (let round = 0; contenders.length > 4; round++) {
        const told = await Promise.all(contenders.map(({ ask }) => ask("go")));
        const winners = contenders.filter((_, i) => told[i] === "won");
        assert.equal(winners.length, 1, `round ${round}: ${told}`);
        const [winner] = winners as [Contender];
        contenders.splice(contenders.indexOf(winner), 1);
        await winner.kill();
      }
    } finally {
      await Promise.all(contenders.map(({ kill }) => kill()));
    }
  });
});

test("processLife() tells processes apart that have one number, and the living from the dead", async () => {
  assert.equal(await processLife(process.pid), await processLife(process.pid));
  assert.notEqual(await processLife(process.pid), await processLife(process.ppid));
  assert.equal(await processLife(999_999_999), undefined);
  assert.equal(await processLife(-1), undefined);
});

interface Contender {
  ask(word: string): Promise<string>;
  kill(): Promise<void>;
}

async function contender(folder: string): Promise<Contender> {
  const program = await bundledProgram(new URL("../../properties/stages/cluster/lock_contender.ts", import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  assert.equal(await next(), "ready");
  return {
    async ask(word) {
      child.stdin.write(`${word}\n`);
      return await next();
    },
    kill: () => killed(child),
  };
}

async function killed(child: ChildProcess) {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
