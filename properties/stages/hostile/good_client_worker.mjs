// A good client in a thread of its own, so that what attackers cost this process does not count as the cluster's slowness.
import { parentPort, workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
const { beGood } = await import("./good_client.ts");
const over = new AbortController();
parentPort.once("message", () => over.abort());
parentPort.postMessage("ready");
parentPort.postMessage(await beGood(workerData, over.signal));
