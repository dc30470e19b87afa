import { hash32 } from "../../runtime/mod.ts";
import type { ContainerImage, ImageSource } from "./container_image.ts";
import { containerBehaviour, imageBehaviour } from "./image_behaviour.ts";
import { imageNameOf } from "./image_name.ts";
import type { ContainerConfig, ImageBehaviour, ImageCatalogue } from "./messages.ts";
import type { RuntimeNode } from "./runtime_node.ts";
import { playCommand, playProcess, stopPlayed } from "./simulated_process.ts";

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
  // A container that starts is asked about several times in a row.
  let last: { readonly config: ContainerConfig; readonly behaviour: ImageBehaviour } | undefined;
  const behaviourOf = (config: ContainerConfig) => {
    if (last?.config !== config) last = { config, behaviour: containerBehaviour(catalogue, config) };
    return last.behaviour;
  };
  return {
    full,
    ref,
    // What no catalogue says is drawn from the name: between 5 and 205 MB.
    sizeBytes: imageBehaviour(catalogue, name).sizeBytes ?? 5_000_000 + (hash32(full) % 200_000_000),
    isProbed: false,
    startMs: (config) => behaviourOf(config).startMs ?? 0,
    start: (container) => playProcess(node, behaviourOf(container.config), container),
    stop: (container, timeoutMs) => stopPlayed(node, behaviourOf(container.config), { container, timeoutMs }),
    destroy() {},
    exec: (_container, options, done) => playCommand(node, options, done),
  };
}
