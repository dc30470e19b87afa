import { fstatSync, readFileSync, statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { groupsOf, parentOf } from "./process_tree.ts";

const lookEveryMs = 250;
const nullDevice = "/dev/null";
/** What npm sets for all that it runs. */
const npmMark = "npm_lifecycle_event";

/**
 * The processes that wait for this one and whose end is to be ours, the nearest first: npm and its shell, or a shell
 * that was told to run us. They are what was started, and what is told to end; a shell dies of that without a word to
 * us. None where we were left to ourselves: an interactive shell gives each line a group of its own, `setsid` and a
 * detached start a session, and a script that runs something in the background takes its input away.
 */
export function whoWaits(): readonly number[] {
  const parent = process.ppid;
  if (process.env[npmMark] !== undefined) return npmAbove(parent);
  const [own, its] = [process.pid, parent].map((pid) => groupsOf(pid)?.group);
  if (own === undefined || own !== its) return [];
  return isNull(0) && !isNull(`/proc/${parent}/fd/0`) ? [] : [parent];
}

/** Calls once when one of them is gone. */
export function whenGone(waiting: readonly number[], call: () => void): Disposable {
  if (waiting.length === 0) return { [Symbol.dispose]: () => {} };
  const timer = setInterval(() => {
    if (isComplete(waiting)) return;
    clearInterval(timer);
    call();
  }, lookEveryMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Whether each is still the parent of the one before it: who dies has no children any more, from that moment on. */
function isComplete(waiting: readonly number[]): boolean {
  return waiting.every((pid, index) => {
    const child = waiting[index - 1];
    const parent = child === undefined ? process.ppid : parentOf(child);
    return parent === pid;
  });
}

/** All up to npm itself, which has not what it gives to those that it starts. Without `/proc` the parent alone. */
function npmAbove(parent: number): readonly number[] {
  const found = [parent];
  for (let pid = parent; isStartedByNpm(pid); ) {
    pid = parentOf(pid) ?? 0;
    if (pid <= 1) break;
    found.push(pid);
  }
  return found;
}

function isStartedByNpm(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`${npmMark}=`);
  } catch {
    return false;
  }
}

/**
 * For a verb that does not listen and may not let go of the main thread: a thread of its own ends this process when
 * who waits for it is gone.
 */
export function endWithParent(): Disposable {
  const waiting = whoWaits();
  if (waiting.length === 0) return { [Symbol.dispose]: () => {} };
  const worker = new Worker(threadText, { eval: true, workerData: { waiting, lookEveryMs }, execArgv: [] });
  // Without it the process still ends as ever.
  worker.on("error", () => {});
  worker.unref();
  return { [Symbol.dispose]: () => void worker.terminate() };
}

const threadText = `
const { readFileSync } = require("node:fs");
const { workerData: { waiting, lookEveryMs } } = require("node:worker_threads");
const parentOf = (pid) => {
  const text = readFileSync("/proc/" + pid + "/stat", "utf8");
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
};
const isParent = (pid, index) => (index === 0 ? process.ppid : parentOf(waiting[index - 1])) === pid;
setInterval(() => {
  let isComplete = false;
  try {
    isComplete = waiting.every(isParent);
  } catch {}
  if (!isComplete) process.kill(process.pid, "SIGTERM");
}, lookEveryMs);
`;

function isNull(file: number | string): boolean {
  try {
    const about = typeof file === "number" ? fstatSync(file) : statSync(file);
    return about.isCharacterDevice() && about.rdev === statSync(nullDevice).rdev;
  } catch {
    return false;
  }
}
