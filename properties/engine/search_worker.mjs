// A worker of a campaign: loads what performs runs once, in a checkout bundles of the sources, then performs one after
// the other. What performs runs with a deliberate defect is made here.
import { workerData } from "piscina";

let sound;

async function performerOf(mutation) {
  const { bundle, performers } = workerData;
  if (mutation === undefined && bundle) {
    sound ??= import(bundle).then(async ({ performer }) => {
      await performer.prepareTraffic();
      return performer;
    });
    return sound;
  }
  const { performerWith } = await import(performers ?? "./performers.js");
  return performerWith(mutation);
}

export default async (job) => (await performerOf(job.mutation)).searchOne(job);
