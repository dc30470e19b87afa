// A good client in a thread of its own, so that what attackers cost this process does not count as the cluster's slowness.
import { parentPort, workerData } from "node:worker_threads";
import { beGood } from "./good_client.ts";

let over = new AbortController();
parentPort?.on("message", async (word) => {
  if (word === "stop") return over.abort();
  over = new AbortController();
  parentPort?.postMessage(await beGood(workerData, over.signal));
});
parentPort?.postMessage("ready");
