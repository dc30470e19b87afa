import { assert, test } from "../../../properties/house/test.ts";
import type { Device } from "../../devices/device.ts";
import { createDeferred } from "./deferred.ts";
import { createLateDevice } from "./late_device.ts";

/** A late device, and what became of it. */
function stage(refuses?: string) {
  const loading = createDeferred<{ open(): Device } | Error>();
  const seen: string[] = [];
  const opened: Device = {
    request(request, done) {
      if (request === refuses) throw new Error(`no ${request}`);
      seen.push(`asked ${request}`);
      done(request);
    },
    close: (crashed) => void seen.push(crashed ? "crashed" : "closed"),
  };
  const device = createLateDevice({
    loading: loading.promise.then((found) => {
      if (found instanceof Error) throw found;
      return found;
    }),
    open(definition) {
      seen.push("opened");
      return definition.open(undefined as never);
    },
    failed: (error) => void seen.push(`failed: ${(error as Error).message}`),
  });
  const ask = (text: string) => device.request(text, (answer) => void seen.push(`answered ${answer}`), undefined);
  const arrive = async (found: { open(): Device } | Error = { open: () => opened }) => {
    loading.resolve(found);
    await new Promise(setImmediate);
  };
  return { device, ask, arrive, seen };
}

test("createLateDevice() keeps what is asked in order, and hands it on when the device is there", async () => {
  const { ask, arrive, seen, device } = stage();
  ask("one");
  ask("two");
  assert.deepEqual(seen, []);
  await arrive();
  ask("three");
  device.close(false);
  const asked = ["one", "two", "three"].flatMap((text) => [`asked ${text}`, `answered ${text}`]);
  assert.deepEqual(seen, ["opened", ...asked, "closed"]);
});

test("createLateDevice() opens nothing for a life that is over", async () => {
  const { ask, arrive, seen, device } = stage();
  ask("one");
  device.close(true);
  await arrive();
  assert.deepEqual(seen, []);
});

test("createLateDevice() tells when its code cannot be loaded, and when what waited is too much for it", async () => {
  const unloaded = stage();
  await unloaded.arrive(new Error("no such file"));
  assert.deepEqual(unloaded.seen, ["failed: no such file"]);
  const refused = stage("two");
  for (const text of ["one", "two", "three"]) refused.ask(text);
  await refused.arrive();
  assert.deepEqual(refused.seen, ["opened", "asked one", "answered one", "failed: no two"]);
});
