import { assert, test } from "../../properties/house/test.ts";
import { pod } from "../api/kinds/pod.ts";
import { defineLoop, watch } from "./loop.ts";
import { nothingToDo } from "./plan.ts";

test("defineLoop() refuses two watches of one kind: a loop could read only one of them", () => {
  const define = (fieldSelectors: readonly string[]) =>
    defineLoop({
      name: "twice",
      component: "twice",
      watches: fieldSelectors.map((fieldSelector) => watch({ kind: pod, fieldSelector })),
      obtain: () => undefined,
      observe: () => undefined,
      difference: () => undefined,
      reconcile: () => nothingToDo,
    });
  assert.equal(define(["spec.nodeName="]).watches.length, 1);
  assert.throws(() => define(["spec.nodeName=", "spec.nodeName!="]), {
    message: 'Defining loop "twice": it watches "/pods" twice, make one watch of both, with an index for each',
  });
});
