import type { Device, DeviceDefinition } from "./device.ts";
import { httpsFailures, httpsNeeds } from "./https_client_rules.ts";
import type { HttpsAnswer, HttpsRequest } from "./messages.ts";

/** How a played server answers: after a while, or never. */
export type PlayedAnswer = { readonly answer: HttpsAnswer; readonly afterMs?: number } | "silence";

const latencyMs = 1;

/** An `https` device in virtual time, with the servers of a test behind it. Default: nobody listens anywhere. */
export function httpsClientModel(
  serve: (request: HttpsRequest) => PlayedAnswer = () => ({ answer: httpsFailures.refused }),
): DeviceDefinition {
  return {
    name: "https",
    needs: httpsNeeds,
    open: (context): Device => ({
      request(any, done) {
        const request = any as HttpsRequest;
        const played = serve(request);
        const afterMs = played === "silence" ? Number.POSITIVE_INFINITY : (played.afterMs ?? latencyMs);
        const isLate = played === "silence" || afterMs >= request.timeoutMs;
        const answer = isLate ? httpsFailures.tooSlow : played.answer;
        const isLong = answer.ok && answer.body.length > request.bytesMax;
        context.after(Math.min(afterMs, request.timeoutMs), () => done(isLong ? httpsFailures.tooLong : answer));
      },
      close() {},
    }),
  };
}
