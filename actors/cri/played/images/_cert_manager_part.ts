import type { PlayedImage } from "./_played_image.ts";

/** The image of a part of cert-manager, which runs its one program. */
export function certManagerPart(part: string, runs: string): PlayedImage {
  const program = `/app/cmd/${part}/${part}`;
  return {
    names: [`cert-manager-${part}`],
    runs,
    entrypoint: [program],
    user: 1000,
    system: () => ({ base: "busybox", own: [program] }),
  };
}
