// Fills its heap with what lives until it is told to be short of room, says so, lets go, and says when it is no more.
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import { watchHeapRoom } from "../../../runtime/devices/heap_room.ts";

const room = watchHeapRoom();
const fill = (count: number) => Array.from({ length: count }, (_none, index) => ({ index, text: `${index}` }));
const tell = (word: string) => parentPort?.postMessage(word);

for (let round = 0; round < 200; round++) {
  // Garbage alone is no reason.
  fill(20_000);
  await sleep(1);
}
tell(room.isShort() ? "short of room with garbage alone" : "garbage is no matter");
let kept: unknown[] = [];
while (!room.isShort()) {
  kept.push(fill(2_000));
  await sleep(1);
}
tell("short of room");
kept = [];
while (room.isShort()) {
  fill(20_000);
  await sleep(1);
}
tell("room again");
