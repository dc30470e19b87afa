import type { VolumeRequest } from "../../../actors/computer/messages.ts";
import type { CriRequest, ProbeKind } from "../../../actors/cri/messages.ts";
import { simulatedRuntime } from "../../../actors/cri/played/simulated_device.ts";
import type { RuntimeEvent } from "../../../actors/cri/runtime_event.ts";
import type { DeviceDefinition } from "../../../runtime/devices/device.ts";
import type { Address } from "../../../runtime/mod.ts";
import { images } from "./images.ts";
import type { CallFailure } from "./run.ts";

/** What is asked of a computer, as far as anybody judges by it. */
export type Asked =
  | CriRequest
  | VolumeRequest
  | { readonly op: "ProbePlayed"; readonly container: string; readonly kind: ProbeKind }
  | {
      readonly op: "HostHttp";
      readonly url: string;
      readonly probe?: { readonly container: string; readonly kind: ProbeKind };
    };

/** Who watches what is asked of computers, what they answer, and what happens on them. */
export interface RuntimeWatch {
  asked(computer: Address, asked: Asked): void;
  answered(computer: Address, asked: Asked, answer: unknown): void;
  happened(event: RuntimeEvent): void;
  /** A call failed as the run's plan says. */
  failed(): void;
}

/** A container runtime that is watched from outside, and fails single calls. */
export function watchedRuntime(failures: readonly CallFailure[], watch: RuntimeWatch): DeviceDefinition {
  const runtime = simulatedRuntime({ images, observe: watch.happened } as Parameters<typeof simulatedRuntime>[0]);
  const counted = new Map<string, number>();

  function fails(op: string): boolean {
    if (!failures.some((each) => each.op === op)) return false;
    const nth = (counted.get(op) ?? 0) + 1;
    counted.set(op, nth);
    return failures.some((each) => each.op === op && each.nth === nth);
  }

  return {
    ...runtime,
    open(context) {
      const device = runtime.open(context);
      const { address } = context;
      return {
        request(request, done, mishap) {
          const asked = request as Asked;
          watch.asked(address, asked);
          if (fails(asked.op)) {
            watch.failed();
            return done({ ok: false, failure: { code: "UNKNOWN", message: "the runtime is out of sorts" } });
          }
          device.request(
            request,
            (answer) => {
              watch.answered(address, asked, answer);
              done(answer);
            },
            mishap,
          );
        },
        close: (crashed) => device.close(crashed),
      };
    },
  };
}
