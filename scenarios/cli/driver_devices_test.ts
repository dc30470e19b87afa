import { assert, test } from "../../properties/house/test.ts";
import { driverDevices } from "./driver_devices.ts";

test("driverDevices() reads drivers and how many devices of each a node has", () => {
  const one = driverDevices("gpu.example.com=8");
  assert.deepEqual(driverDevices("nic.example.com", one), [
    { driver: "gpu.example.com", perNode: 8 },
    { driver: "nic.example.com", perNode: 2 },
  ]);
  for (const wrong of ["", "GPU", "gpu.example.com=0", "gpu.example.com=129", "gpu.example.com=x"]) {
    assert.throws(() => driverDevices(wrong), /Cannot give nodes devices by/, wrong);
  }
  assert.throws(() => driverDevices("gpu.example.com", one), /Cannot give nodes devices of gpu.example.com twice/);
});
