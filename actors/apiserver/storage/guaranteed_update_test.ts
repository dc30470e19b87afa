import { assert, test } from "../../../properties/house/test.ts";

import { storeStatus } from "./guaranteed_update.ts";

test("storeStatus() hands on what a store without space says, as a real server does: 500, and no reason", () => {
  const message = "etcdserver: mvcc: database space exceeded";
  const { code, reason, ...rest } = storeStatus({ type: "store.error", code: "noSpace", message });
  assert.deepEqual([code, rest.message, reason], [500, message, undefined]);
});
