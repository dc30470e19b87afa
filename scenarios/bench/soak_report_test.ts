import { assert, test } from "../../properties/house/test.ts";
import { judgeSoak, type SoakFigures, soakHeader, soakLine } from "./soak_report.ts";

const figures: SoakFigures = {
  ...{ minute: 1, rssMb: 500, heapsTotalMb: 200, heapsMb: 150, diskMb: 30, storeMb: 2.34, events: 900 },
  ...{ p50Ms: 3, p99Ms: 9, unanswered: 0, deaths: 0 },
};
const minutes = (change: (minute: number) => Partial<SoakFigures>) =>
  Array.from({ length: 60 }, (_, i) => ({ ...figures, minute: i + 1, ...change(i + 1) }));

test("judgeSoak() finds nothing wrong where memory grows in the first ten minutes only", () => {
  assert.deepEqual(judgeSoak(minutes((minute) => ({ rssMb: Math.min(900, 400 + minute * 50) }))), []);
});

test("judgeSoak() tells memory that grows, a disk that grows, and workers that died", () => {
  const problems = judgeSoak(minutes((minute) => ({ rssMb: 400 + 20 * minute, diskMb: 100 * minute, deaths: 2 })));
  assert.deepEqual(problems, [
    "Memory grew: 700 MB, then 1360 MB",
    "The disk grew: 700 MB in minute 7",
    "Workers died: 2",
  ]);
});

test("judgeSoak() tells memory that is kept from garbage that was collected late", () => {
  const peaks = (minute: number) => (minute > 45 && minute % 2 === 0 ? 500 : 0);
  assert.deepEqual(judgeSoak(minutes((minute) => ({ rssMb: 1000 + peaks(minute) }))), []);
  const kept = minutes((minute) => ({ rssMb: 1000 + 4 * minute + peaks(minute) }));
  assert.deepEqual(judgeSoak(kept), ["Memory grew: 1060 MB, then 1204 MB"]);
});

test("judgeSoak() says of a short run that it tells nothing about memory", () => {
  assert.deepEqual(judgeSoak(minutes(() => ({})).slice(0, 3)), [
    "Cannot tell whether memory is flat in 3 minutes: run at least 13",
  ]);
});

test("judgeSoak() tells of which kind of worker more lives than when all was warm, though the process did not grow", () => {
  const livingMb = (minute: number) => ({ store: minute % 10 === 0 ? 100 : 160, kubelet: 20 + minute });
  const looked = minutes((minute) => (minute % 5 === 0 ? { livingMb: livingMb(minute) } : {}));
  assert.deepEqual(judgeSoak(looked), ["What lives in kubelet grew: 45 MB, then 65 MB"]);
});

test("soakLine() tells what lives in the workers of each kind, the most first, where it was looked at", () => {
  const [line, living] = soakLine({ ...figures, livingMb: { kubelet: 20.2, store: 100 } }).split("\n");
  assert.equal(line, soakLine(figures));
  assert.equal(living?.trim(), "living MB: 120: store 100, kubelet 20");
});

test("soakLine() stands below its header", () => {
  assert.equal(soakLine(figures).length, soakHeader.length);
  assert.match(soakLine(figures), /^ +1 +500 +200 +150 +30 +2\.3 +900 +3 +9 +0 +0$/);
});
