// A worker of a campaign: loads what performs runs once, in a checkout a bundle of the sources, then performs one after
// the other. What performs runs with a deliberate defect is made here, in a checkout through tsx.
import { existsSync } from "node:fs";
import { workerData } from "piscina";

const isCheckout = existsSync(new URL("./performers.ts", import.meta.url));
let sound;

async function performerOf(mutation) {
  const { bundle } = workerData;
  if (mutation === undefined && bundle) {
    sound ??= import(bundle).then(async ({ performer }) => {
      await performer.prepareTraffic();
      return performer;
    });
    return sound;
  }
  if (isCheckout) {
    const { register } = await import("tsx/esm/api");
    register();
  }
  const { performerWith } = await import(`./performers.${isCheckout ? "ts" : "js"}`);
  return performerWith(mutation);
}

export default async (job) => (await performerOf(job.mutation)).searchOne(job);
