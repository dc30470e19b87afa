import type { Mail, Step } from "../../runtime/mod.ts";
import { callOff } from "../kit/alarms.ts";
import type { EndHandlers } from "../network/connection.ts";
import type { ComputerData } from "./data.ts";
import type { HostDial, HostDialAnswer } from "./messages.ts";
import { open } from "./open.ts";

/** How Go's net package ends the message of a dial that failed. */
export const dialErrors = {
  refused: "connect: connection refused",
  unreachable: "connect: no route to host",
  timeout: "connect: connection timed out",
} as const;

/** The node's own prober opens a connection, and breaks it as soon as it stands. */
export function dial(data: ComputerData, mail: Mail<HostDial>, step: Step): void {
  const { ip, port, timeoutMs } = mail.body;
  const { from, ask } = mail;
  const answer = (later: Step, cause?: string) => {
    callOff(alarm);
    const body: HostDialAnswer =
      cause === undefined ? { ok: true } : { ok: false, message: `dial tcp ${ip}:${port}: ${cause}` };
    later.reply({ from, ask }, body);
  };
  const handlers: EndHandlers<Step> = {
    opened(end, later) {
      // A probe does not linger, as a kubelet's.
      data.transport.reset(end, later);
      answer(later);
    },
    failed: (_end, why, later) => answer(later, dialErrors[why]),
    received: () => {},
    taken: () => {},
    broken: () => {},
  };
  const end = open(data, { sandbox: undefined, to: { ip, port } }, handlers, step);
  const giveUp = (later: Step) => {
    if (end) data.transport.reset(end, later);
    answer(later, "i/o timeout");
  };
  const alarm = data.alarms.set(timeoutMs, giveUp, step);
  if (!end) answer(step, "connect: cannot assign requested address");
}
