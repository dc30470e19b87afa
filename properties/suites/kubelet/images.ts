import type { ImageBehaviour } from "../../../actors/cri/messages.ts";

/** How the images of these runs behave: what there is of starts, ends and answers to probes. */
export const images = {
  "run:1": {},
  "run:2": {},
  "slow-pull:1": { pullMs: 2_500 },
  "slow-start:1": { startMs: 900, readyMs: 2_400 },
  "slow-stop:1": { stopMs: 3_200 },
  "stubborn:1": { stopMs: 120_000 },
  "never-ready:1": { readyMs: 3_600_000 },
  "flags:1": { unreadyAfterMs: 6_500 },
  "sick:1": { unhealthyAfterMs: 4_500, attemptsMax: 1 },
  "often-sick:1": { unhealthyAfterMs: 3_500, stopMs: 900 },
  "crash:1": { exitAfterMs: 600, exitCode: 1, attemptsMax: 2 },
  "crashes:1": { exitAfterMs: 900, exitCode: 3 },
  "done:1": { exitAfterMs: 700 },
  "early:1": { exitAfterMs: 0 },
  "work:1": { exitAfterMs: 6_000 },
  "fails:1": { exitAfterMs: 500, exitCode: 2 },
  "missing/one:1": { missing: true },
} as const satisfies Readonly<Record<string, ImageBehaviour>>;

/** The name of one of them. */
export type ImageName = keyof typeof images;

/** How an image behaves; one that is not among them runs for ever. */
export function behaviourOf(image: string): ImageBehaviour {
  return (images as Readonly<Record<string, ImageBehaviour>>)[image] ?? {};
}
