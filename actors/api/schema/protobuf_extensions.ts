/**
 * The numbers of the fields of apiextensions and apiregistration, of which a kubectl has no descriptors. The form is that
 * of `protobuf.generated.ts`, with one thing more: behind a bar is what JSON writes in two forms.
 *
 * @see https://github.com/kubernetes/apiextensions-apiserver/blob/master/pkg/apis/apiextensions/v1/generated.proto
 * @see https://github.com/kubernetes/kube-aggregator/blob/master/pkg/apis/apiregistration/v1/generated.proto
 */

const extensions = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
const registration = "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.";

const schemaProps = [
  "1id 2$schema 3$ref 4description 5type 6format 7title 8default 9maximum= 10exclusiveMaximum 11minimum=",
  "12exclusiveMinimum 13maxLength= 14minLength= 15pattern 16maxItems= 17minItems= 18uniqueItems 19multipleOf= 20enum",
  "21maxProperties= 22minProperties= 23required 24items|array 25allOf 26oneOf 27anyOf 28not 29properties",
  "30additionalProperties|bool 31patternProperties 32dependencies|strings 33additionalItems|bool 34definitions",
  "35externalDocs 36example 37nullable 38x-kubernetes-preserve-unknown-fields= 39x-kubernetes-embedded-resource",
  "40x-kubernetes-int-or-string 41x-kubernetes-list-map-keys 42x-kubernetes-list-type= 43x-kubernetes-map-type=",
  "44x-kubernetes-validations",
];

/** Each message's fields by number. */
export const extensionFields: Readonly<Record<string, string>> = {
  [`${extensions}CustomResourceColumnDefinition`]: "1name= 2type= 3format 4description 5priority 6jsonPath=",
  [`${extensions}CustomResourceConversion`]: "1strategy= 2webhook",
  [`${extensions}CustomResourceDefinition`]: "1metadata 2spec 3status",
  [`${extensions}CustomResourceDefinitionCondition`]: "1type= 2status= 3lastTransitionTime 4reason 5message",
  [`${extensions}CustomResourceDefinitionNames`]: "1plural= 2singular 3shortNames 4kind= 5listKind 6categories",
  [`${extensions}CustomResourceDefinitionSpec`]: "1group= 3names 4scope= 7versions 9conversion 10preserveUnknownFields",
  [`${extensions}CustomResourceDefinitionStatus`]: "1conditions 2acceptedNames 3storedVersions",
  [`${extensions}CustomResourceDefinitionVersion`]:
    "1name= 2served= 3storage= 4schema 5subresources 6additionalPrinterColumns 7deprecated 8deprecationWarning= 9selectableFields",
  [`${extensions}CustomResourceSubresourceScale`]: "1specReplicasPath= 2statusReplicasPath= 3labelSelectorPath=",
  [`${extensions}CustomResourceSubresources`]: "1status|empty 2scale",
  [`${extensions}CustomResourceValidation`]: "1openAPIV3Schema",
  [`${extensions}ExternalDocumentation`]: "1description 2url",
  [`${extensions}JSONSchemaProps`]: schemaProps.join(" "),
  [`${extensions}SelectableField`]: "1jsonPath=",
  [`${extensions}ServiceReference`]: "1namespace= 2name= 3path= 4port=",
  [`${extensions}ValidationRule`]: "1rule= 2message 3messageExpression 4reason= 5fieldPath 6optionalOldSelf=",
  [`${extensions}WebhookClientConfig`]: "1service 2caBundle 3url=",
  [`${extensions}WebhookConversion`]: "2clientConfig 3conversionReviewVersions",
  [`${registration}APIService`]: "1metadata 2spec 3status",
  [`${registration}APIServiceCondition`]: "1type= 2status= 3lastTransitionTime 4reason 5message",
  [`${registration}APIServiceSpec`]:
    "1service 2group 3version 4insecureSkipTLSVerify 5caBundle 7groupPriorityMinimum= 8versionPriority=",
  [`${registration}APIServiceStatus`]: "1conditions",
  [`${registration}ServiceReference`]: "1namespace 2name 3port=",
};
