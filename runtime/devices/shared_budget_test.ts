import { assert, test } from "../../properties/house/test.ts";
import { createSharedBudget } from "./shared_budget.ts";

test("createSharedBudget() cuts off those who hold the most while more is held than there is", () => {
  const gone: string[] = [];
  const budget = createSharedBudget<string>(100, (holder) => void gone.push(holder));
  budget.hold("a", 60);
  budget.hold("b", 40);
  assert.deepEqual(gone, []);
  budget.hold("c", 10);
  assert.deepEqual(gone, ["a"]);
  budget.hold("c", 60);
  budget.hold("b", 0);
  budget.release("c");
  budget.hold("d", 100);
  assert.deepEqual(gone, ["a"]);
  budget.hold("e", 101);
  assert.deepEqual(gone, ["a", "e"]);
});
