import { assert, test } from "../../properties/house/test.ts";
import { failed, ok, type Result } from "./result.ts";

test("a result is told apart by its own tag, whatever the value or the failure looks like", () => {
  const disguised: Result<object, object>[] = [ok(failed("no")), failed(ok("yes"))];
  assert.deepEqual(
    disguised.map((each) => each.ok),
    [true, false],
  );
  const [first] = disguised;
  assert.deepEqual(first?.ok === true && first.value, { ok: false, failure: "no" });
});
