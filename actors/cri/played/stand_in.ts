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

type Words = Pick<ContainerConfig, "image" | "command" | "args" | "mounts" | "isAwaited"> &
  Partial<Pick<ContainerConfig, "name" | "env" | "ports">>;
/** What of a container shows that it may answer webhooks. */
const hints = /webhook|inject|admission/i;
/** Variables that are of the Services of its namespace, and not of its own. */
const links = /_SERVICE_(HOST|PORT)|_PORT(_\d+_\w+)?$/;

/**
 * What answers, with its arguments, in the place of a controller that is not played, where API servers ask its webhooks:
 * one that makes their certificate itself, or has it mounted as controller-runtime expects it, or one that has ports and
 * speaks of webhooks. Undefined: nothing.
 */
export function standInFor(config: Words): readonly string[] | undefined {
  const { image, command, args, mounts = [], isAwaited } = config;
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
  if (isMounted) return [standIn, "mounted", usual.folder, flag("webhook-port", usual.port)];
  const variables = Object.entries(config.env ?? {}).filter(([variable]) => !links.test(variable));
  const shown = [config.name, name, text, ...variables.map(([variable]) => variable)];
  const ports = hints.test(shown.join(" ")) ? portsOf(config, variables) : [];
  return ports.length > 0 ? [standIn, "own", ...ports] : undefined;
}

/** Where a container may listen: at ports that its spec names, and at addresses of which its words speak, as `:8080`. */
function portsOf({ ports = [], args, command }: Words, variables: readonly (readonly [string, string])[]): string[] {
  const words = [...command, ...args, ...variables.map(([, value]) => value)];
  const spoken = words.flatMap((word) => /(?:^|=)(?:0\.0\.0\.0|\[::\])?:(\d{2,5})$/.exec(word)?.[1] ?? []);
  return [...new Set([...ports.map(String), ...spoken])];
}
