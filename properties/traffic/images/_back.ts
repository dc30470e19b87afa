import type { BackAnswer } from "../answer.ts";
import { sumOf } from "../letters.ts";
import { server, wait } from "./_server.ts";

/** The second of two servers: works for a while, and says what it was sent. */
export const back = server(async ({ id, workMs }, { letters, env }) => {
  await wait(workMs / 2);
  const answer: BackAnswer = { id, back: { pod: env.hostname, sum: sumOf(letters) } };
  return Response.json(answer);
});
