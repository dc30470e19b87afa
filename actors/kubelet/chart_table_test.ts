import { createActor } from "xstate";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type ContainerEvent, containerChart, containerSteps } from "./container/container_chart.ts";
import { type PodEvent, podChart, podSteps } from "./pod/pod_chart.ts";

const charts = [
  { name: "pod", chart: podChart, steps: podSteps as (phase: string, event: string) => Step },
  { name: "container", chart: containerChart, steps: containerSteps as (phase: string, event: string) => Step },
] as const;
type Step = { readonly phase: string; readonly actions: readonly string[] } | undefined;

for (const { name, chart, steps } of charts) {
  const events = [...new Set(Object.values(chart.states).flatMap((state) => Object.keys(state.on)))] as (PodEvent &
    ContainerEvent)[];

  property(
    `the ${name} chart's table steps as XState does`,
    [fc.array(fc.constantFrom(...events), { maxLength: 30 })],
    (walk) => {
      const ran: string[] = [];
      const actions = Object.keys(chart.implementations.actions).map((action) => [action, () => ran.push(action)]);
      const actor = createActor(chart.provide({ actions: Object.fromEntries(actions) })).start();
      let phase = actor.getSnapshot().value as string;
      for (const event of walk) {
        ran.length = 0;
        actor.send({ type: event });
        const step = steps(phase, event);
        phase = step?.phase ?? phase;
        assert.equal(phase, actor.getSnapshot().value);
        assert.deepEqual(step?.actions ?? [], ran);
      }
    },
  );

  test(`every phase of the ${name} chart can be reached`, () => {
    const initial = chart.getInitialSnapshot({} as never).value as string;
    const reached = new Set([initial]);
    for (const phase of reached) for (const event of events) reached.add(steps(phase, event)?.phase ?? phase);
    assert.deepEqual([...reached].sort(), Object.keys(chart.states).sort());
  });
}
