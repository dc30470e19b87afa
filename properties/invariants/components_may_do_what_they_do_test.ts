import { loadMutated } from "../engine/load_mutated.ts";
import type { World } from "../engine/world.ts";
import { assert, test } from "../house/test.ts";
import { readsAsThemselves } from "../mutations/reads_as_themselves.ts";
import type * as labs from "../stages/controllers/lab.ts";
import * as sound from "../stages/controllers/lab.ts";
import { componentsMayDoWhatTheyDo } from "./components_may_do_what_they_do.ts";

function watchOver(refusals: { count: number; latest: string[] }) {
  const data = { refusals };
  const simulation = { dataOf: (address: string) => (address === "apiserver/0" ? data : undefined) };
  const definition = { topology: { apiservers: 2 } };
  const { step } = componentsMayDoWhatTheyDo.watch({ simulation, definition } as unknown as World);
  const refuse = (text: string) => {
    data.refusals.count++;
    data.refusals.latest.push(text);
  };
  return { data, refuse, look: (address = "apiserver/0") => step?.(address) };
}

test("componentsMayDoWhatTheyDo finds what a component was refused, once, but for what a server has yet to hear of", () => {
  const { data, refuse, look } = watchOver({ count: 0, latest: [] });
  assert.equal(look(), undefined);
  refuse("pods \"web\" is forbidden: no relationship found between node 'n1' and this object");
  assert.equal(look(), undefined);
  refuse('secrets is forbidden: User "system:kube-scheduler" cannot list resource "secrets"');
  assert.deepEqual([look("apiserver/1"), look("kubelet/node-0")], [undefined, undefined]);
  assert.match(look() ?? "", /^apiserver\/0 refused: secrets is forbidden: User "system:kube-scheduler"/);
  assert.equal(look(), undefined);
  data.refusals = { count: 0, latest: [] };
  assert.equal(look(), undefined, "it was started anew");
  refuse("again");
  assert.equal(look(), "apiserver/0 refused: again");
});

/** How much the loops of a manager were refused in their first seconds. */
function refusedIn({ createControllerLab }: typeof labs): number {
  const lab = createControllerLab({ loops: ["service-account", "root-ca-certificate-publisher"], runsPods: false });
  lab.simulation.advance(3_000);
  const { refusals } = lab.simulation.dataOf("apiserver-0") as { readonly refusals: { readonly count: number } };
  return refusals.count;
}

test("loops are refused nothing, but with the defect readsAsThemselves they are", async () => {
  assert.equal(refusedIn(sound), 0);
  const mutated = await loadMutated<typeof labs>(readsAsThemselves, "properties/stages/controllers/lab.ts");
  assert.ok(refusedIn(mutated) > 0);
});
