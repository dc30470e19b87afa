import type { DeviceDefinition } from "../../../runtime/devices/device.ts";

/** Makes the device that audit events are written by, and gives what was written, in order. */
export function auditNotes<Event>(): { readonly device: DeviceDefinition; readonly events: Event[] } {
  const events: Event[] = [];
  const device: DeviceDefinition = {
    name: "audit",
    needs: () => undefined,
    open: () => ({
      request(request, done) {
        events.push(JSON.parse((request as { line: string }).line));
        done({ ok: true });
      },
      close() {},
    }),
  };
  return { device, events };
}
