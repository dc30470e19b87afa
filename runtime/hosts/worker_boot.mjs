// The first and only file of ours that a worker loads as it is: the bundle brings the rest.
import { workerData } from "node:worker_threads";

await import(workerData.bundle);
