import { plugin, unschedulable } from "../framework.ts";

const nothingToDeallocate = { rejection: unschedulable("no new claims to deallocate") };

/** Gives devices to pods by resource claims. Pods here hold no claims, so all it does is to say that none can help. */
export const dynamicResources = plugin({
  name: "DynamicResources",
  order: 95,
  postFilter: () => nothingToDeallocate,
});
