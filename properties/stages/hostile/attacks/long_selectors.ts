import { type Attack, flood } from "../attack.ts";

const values = Array.from({ length: 700 }, (_none, index) => `v${index}`).join(",");
const selector = encodeURIComponent(`app in (${values}),tier notin (${values}),!gone`);

/** Selectors as long as a URL may be, over everything. */
export const longSelectors: Attack = {
  name: "long selectors",
  who: "admin",
  run: (attacker) =>
    flood(attacker, { who: "admin", width: 8, ask: () => ({ path: `/api/v1/pods?labelSelector=${selector}` }) }),
};
