import type { ModuleImages } from "../../actors/cri/modules/module_images.ts";

/**
 * The worker images of several folders as one: the first folder that has an image gives it, so that an image of one's
 * own stands before one of the same name that comes with kubetroupe. What none has, the first that speaks for it refuses.
 */
export function imageSources(folders: readonly [ModuleImages, ...ModuleImages[]]): ModuleImages {
  const [first] = folders;
  return {
    isVirtual: first.isVirtual,
    find(reference, done, login) {
      let refused: Parameters<typeof done>[0];
      const ask = (index: number) => {
        const folder = folders[index];
        if (!folder) return done(refused);
        folder.find(
          reference,
          (found) => {
            if (found && (found.ok || found.code !== "notFound")) return done(found);
            refused ??= found;
            ask(index + 1);
          },
          login,
        );
      };
      ask(0);
    },
    // One runs the images of all: it is the first folder's, which is always asked.
    runner: (world) => first.runner(world),
  };
}
