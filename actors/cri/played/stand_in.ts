import { imageNameOf } from "../image_name.ts";
import type { ContainerConfig } from "../messages.ts";
import { webhookStandIn } from "./unix/programs/webhook_stand_in.ts";

/** Under which name it is started that answers in the place of controllers. */
export const [standIn = ""] = webhookStandIn.names;

/** Where controllers that are made with controller-runtime have the certificate of their webhooks, and where they listen. */
const usual = { folder: "/tmp/k8s-webhook-server/serving-certs", port: "9443" };

interface Known {
  readonly image: RegExp;
  /** What its command and arguments have. */
  readonly words: RegExp;
  /** What it is played as. */
  readonly as: string;
}

/** Controllers that make the certificates of their webhooks themselves. */
const makers: readonly Known[] = [
  { image: /\/openpolicyagent\/gatekeeper$/, words: /--operation=webhook/, as: "gatekeeper" },
  { image: /\/cloudnative-pg\/cloudnative-pg$/, words: /(^| )controller( |$)/, as: "cnpg" },
  { image: /\/istio\/pilot$/, words: /(^| )discovery( |$)/, as: "istiod" },
  { image: /\/kedacore\/keda$/, words: /--leader-elect/, as: "keda" },
  { image: /\/external-secrets\/external-secrets$/, words: /(^| )certcontroller( |$)/, as: "external-secrets" },
];
const webhookOfSecrets = {
  image: /\/external-secrets\/external-secrets$/,
  words: /^(\S*external-secrets )?webhook( |$)/,
};

type Words = Pick<ContainerConfig, "image" | "command" | "args" | "mounts" | "isAwaited">;

/**
 * What answers, with its arguments, in the place of a controller that is not played, where API servers ask its webhooks:
 * one that makes their certificate itself, or has it mounted as controller-runtime expects it. Undefined: nothing.
 */
export function standInFor({ image, command, args, mounts = [], isAwaited }: Words): readonly string[] | undefined {
  if (isAwaited) return undefined;
  const name = imageNameOf(image)
    .full.replace(/@.*$/, "")
    .replace(/:[^/:]*$/, "");
  const words = [...command, ...args];
  const text = words.join(" ");
  const maker = makers.find((each) => each.image.test(name) && each.words.test(text));
  if (maker) return [standIn, maker.as, ...words];
  const flag = (flagName: string, otherwise: string) =>
    new RegExp(`--${flagName}[= ](\\S+)`).exec(text)?.[1] ?? otherwise;
  if (webhookOfSecrets.image.test(name) && webhookOfSecrets.words.test(text)) {
    return [standIn, "mounted", flag("cert-dir", "/tmp/certs"), flag("port", "10250")];
  }
  const isMounted = mounts.some(({ containerPath }) => containerPath === usual.folder);
  return isMounted ? [standIn, "mounted", usual.folder, flag("webhook-port", usual.port)] : undefined;
}
