import type { Step } from "../../../runtime/mod.ts";
import { type Alarm, type Alarms, callOff } from "../../kit/alarms.ts";
import type { HttpHeader } from "../../network/http/http_message.ts";
import { type ClientSide, closeNormal, type Taken } from "../streams/client_side.ts";

/** The other end of a connection that goes on with another protocol. */
export interface FarEnd {
  /** `taken` is called when it has taken all of it. */
  write(data: string, step: Step, taken: Taken): void;
  /** Nothing more is said to it, and nothing is wanted of it any more. */
  close(step: Step): void;
}

/** What a tunnel leads from and to. */
export interface TunnelOptions {
  readonly client: ClientSide;
  /** What the other end has agreed with. */
  readonly headers: readonly HttpHeader[];
  readonly far: FarEnd;
  readonly alarms: Alarms<Step>;
}

/** A client whose connection goes on with another protocol, as the other end sees it. Data is bytes, a character each. */
export interface Tunnel {
  /** `taken` is called when it is on its way to the client, or is for nobody. */
  receive(data: string, step: Step, taken: Taken): void;
  /** The other end says no more. */
  ended(step: Step): void;
}

/** So long the other end may take the last words of a client that is gone. */
const lastWordsMs = 10_000;

/**
 * Goes on with whatever a client and somebody else have agreed on. As in Kubernetes all is over when either says no more:
 * what was said before is still handed over.
 */
export function openTunnel({ client, headers, far, alarms }: TunnelOptions, step: Step): Tunnel {
  let underWayBytes = 0;
  let [isGone, isOver] = [false, false];
  let patience: Alarm<Step> | undefined;

  function leave(later: Step) {
    if (isOver) return;
    isOver = true;
    callOff(patience);
    far.close(later);
  }

  const out = client.accept(step, headers, {
    frame(data, later) {
      if (isOver) return;
      underWayBytes += data.length;
      far.write(data, later, (when) => {
        underWayBytes -= data.length;
        out.taken(data.length, when);
        if (isGone && underWayBytes === 0) leave(when);
      });
    },
    closed(later) {
      isGone = true;
      if (underWayBytes === 0) leave(later);
      else patience = alarms.set(lastWordsMs, leave, later);
    },
  });
  return {
    receive(data, later, taken) {
      if (isOver || isGone) taken(later);
      else out.send(data, later, taken);
    },
    ended(later) {
      if (isOver) return;
      out.close(later, closeNormal, "");
      leave(later);
    },
  };
}
