// Fills its heap with what lives until it is told to be short of room, says so, lets go, and says when it is no more.
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
const { watchHeapRoom } = await import("../../../runtime/devices/heap_room.ts");
const room = watchHeapRoom();
let kept = [];
const fill = (count) => Array.from({ length: count }, (_none, index) => ({ index, text: `${index}` }));
for (let round = 0; round < 200; round++) {
  // Garbage alone is no reason.
  fill(20_000);
  await sleep(1);
}
parentPort.postMessage(room.isShort() ? "short of room with garbage alone" : "garbage is no matter");
while (!room.isShort()) {
  kept.push(fill(2_000));
  await sleep(1);
}
parentPort.postMessage("short of room");
kept = [];
while (room.isShort()) {
  fill(20_000);
  await sleep(1);
}
parentPort.postMessage("room again");
