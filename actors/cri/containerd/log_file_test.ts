import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../../properties/house/test.ts";
import { logFile } from "./log_file.ts";

const at = "2026-01-02T03:04:05.678901234Z";

async function withFile(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-log-"));
  try {
    await body(join(folder, "0.log"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function linesOf(log: ReturnType<typeof logFile>, after = 0): readonly string[] {
  const answer = log.read({ after, linesMax: 100 });
  assert.ok(answer.ok);
  return answer.value.map(
    ({ number, atMs, stream, text, isPartial }) => `${number} ${atMs} ${stream} ${text}${isPartial ? "..." : ""}`,
  );
}

test("logFile() reads whole lines as they come, and says of those that the runtime has cut up that they go on", () =>
  withFile(async (path) => {
    const log = logFile(path, (wallMs) => wallMs - Date.parse("2026-01-02T03:04:05Z"));
    assert.deepEqual([log.catchUp(), linesOf(log)], [false, []]);
    await writeFile(
      path,
      `${at} stdout F größer\n${at} stderr P half \n${at} stdout F\n${at} stderr F whole\n${at} std`,
    );
    assert.equal(log.catchUp(), true);
    assert.deepEqual(linesOf(log), [
      "1 678 stdout größer",
      "2 678 stderr half ...",
      "3 678 stdout ",
      "4 678 stderr whole",
    ]);
    await appendFile(path, "out F later\n");
    assert.deepEqual(linesOf(log, 4), ["5 678 stdout later"]);
    assert.equal(log.catchUp(), false);
  }));

test("logFile() takes a runtime's times as they are meant, for it writes them in the time zone of the machine", () =>
  withFile(async (path) => {
    const log = logFile(path, (wallMs) => wallMs - Date.parse("2026-01-02T03:04:05Z"));
    const times = ["2026-01-02T05:04:05.5+02:00", "2026-01-01T22:34:05.123456789-04:30", "2026-01-02T03:04:05Z"];
    await writeFile(path, times.map((time) => `${time} stdout F x\n`).join(""));
    assert.deepEqual(linesOf(log), ["1 500 stdout x", "2 123 stdout x", "3 0 stdout x"]);
  }));

test("logFile() goes on in a new file when the old one was put aside, and loses nothing in between", () =>
  withFile(async (path) => {
    const log = logFile(path, () => 0);
    const line = `${at} stdout F ${"x".repeat(1_000)}\n`;
    await writeFile(path, line.repeat(11_000));
    assert.equal(log.rotate(), false);
    log.catchUp();
    assert.deepEqual([log.rotate(), log.rotate()], [true, false]);
    // The runtime still writes to the old one until it has opened the new one.
    await appendFile(`${path}.aside`, `${at} stdout F between\n`);
    await writeFile(path, `${at} stdout F after\n`);
    const tail = log.read({ after: 0, linesMax: 10, tail: 2 });
    assert.deepEqual(tail.ok && tail.value.map(({ text }) => text), ["between", "after"]);
  }));
