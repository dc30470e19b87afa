import { hash32 } from "../../runtime/mod.ts";
import type { ContainerImage, ImageSource } from "./container_process.ts";
import { containerBehaviour, imageBehaviour } from "./image_behaviour.ts";
import { imageNameOf } from "./image_name.ts";
import type { ContainerConfig, ImageCatalogue } from "./messages.ts";
import type { RuntimeNode } from "./runtime_node.ts";
import { simulatedProcess } from "./simulated_process.ts";

/** The images that a catalogue plays: it speaks for all names. */
export function simulatedImages(node: RuntimeNode, catalogue: ImageCatalogue): ImageSource {
  return {
    pull(name, done) {
      const { missing, pullMs = 0 } = imageBehaviour(catalogue, name);
      if (!missing) return done({ ok: true, image: simulatedImage(node, catalogue, name), pullMs });
      const { full } = imageNameOf(name);
      const message = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
      done({ ok: false, code: "NOT_FOUND", message, pullMs });
    },
  };
}

function simulatedImage(node: RuntimeNode, catalogue: ImageCatalogue, name: string): ContainerImage {
  const { full, ref } = imageNameOf(name);
  const behaviourOf = (config: ContainerConfig) => containerBehaviour(catalogue, config);
  return {
    full,
    ref,
    // What no catalogue says is drawn from the name: between 5 and 205 MB.
    sizeBytes: imageBehaviour(catalogue, name).sizeBytes ?? 5_000_000 + (hash32(full) % 200_000_000),
    isProbed: false,
    startMs: (config) => behaviourOf(config).startMs ?? 0,
    isReadyAtOnce: (config) => (behaviourOf(config).readyMs ?? 0) === 0,
    start: (start) => simulatedProcess(node, behaviourOf(start.config), start),
  };
}
