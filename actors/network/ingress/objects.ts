/** The fields of Ingresses, their classes and Services that routing needs. */
export interface Backend {
  readonly service?: { readonly name: string; readonly port?: { readonly number?: number; readonly name?: string } };
}

/** A path of a rule. */
export interface RulePath {
  readonly path?: string;
  readonly pathType?: "Exact" | "Prefix" | "ImplementationSpecific";
  readonly backend: Backend;
}

interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An address under which something is reached. */
export interface Address {
  readonly ip?: string;
  readonly hostname?: string;
}

/** An Ingress. */
export interface Ingress {
  readonly metadata: Meta;
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: Backend;
    readonly tls?: readonly { readonly hosts?: readonly string[] }[];
    readonly rules?: readonly { readonly host?: string; readonly http?: { readonly paths: readonly RulePath[] } }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly Address[] } };
}

/** A class of Ingresses. */
export interface IngressClass {
  readonly metadata: Meta;
  readonly spec?: { readonly controller?: string };
}

/** A Service. */
export interface Service {
  readonly metadata: Meta;
  readonly spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly externalIPs?: readonly string[];
    readonly externalName?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly Address[] } };
}
