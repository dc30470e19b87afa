import type { BackAnswer, TrafficAnswer } from "../answer.ts";
import { pathOf } from "../answer.ts";
import { lettersOf, sumOf } from "../letters.ts";
import { server, wait } from "./_server.ts";

/** Whoever hears nothing for so long from the back gives up. */
const backMsMax = 8_000;

/** The first of two servers: asks the back, by its name, and answers in two pieces with a while between. */
export const front = server(async (wish, { letters, env }) => {
  const { id, answerBytes, workMs } = wish;
  const asked = await askBack(() =>
    env.fetch(`http://back${pathOf(wish)}`, {
      method: "POST",
      body: letters,
      signal: AbortSignal.timeout(backMsMax),
    }),
  );
  if (typeof asked === "string") return new Response(asked, { status: 502 });
  const front = { pod: env.hostname, sum: sumOf(letters) };
  const answer: TrafficAnswer = { id, front, back: asked.back, letters: lettersOf(id, answerBytes) };
  return new Response(inTwoPieces(JSON.stringify(answer), workMs / 2), {
    headers: { "content-type": "application/json" },
  });
});

/** What the back says, or why it said nothing. */
async function askBack(ask: () => Promise<Response>): Promise<BackAnswer | string> {
  try {
    const response = await ask();
    const text = await response.text();
    return response.ok ? (JSON.parse(text) as BackAnswer) : `the back answered ${response.status}: ${text}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return `the back did not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}

function inTwoPieces(text: string, betweenMs: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const half = bytes.length >> 1;
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(bytes.subarray(0, half));
      await wait(betweenMs);
      controller.enqueue(bytes.subarray(half));
      controller.close();
    },
  });
}
