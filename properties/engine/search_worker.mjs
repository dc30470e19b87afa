// A worker of a campaign: loads what performs runs once, in a checkout through tsx, then performs one after the other.
import { existsSync } from "node:fs";

const isCheckout = existsSync(new URL("./performers.ts", import.meta.url));
if (isCheckout) {
  const { register } = await import("tsx/esm/api");
  register();
}
const { performerWith } = await import(`./performers.${isCheckout ? "ts" : "js"}`);

export default async (job) => (await performerWith(job.mutation)).searchOne(job);
