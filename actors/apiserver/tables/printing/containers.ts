import type { Frozen, KubeObject, PodSpec } from "../../../api/types.ts";
import { type Column, listed } from "./columns.ts";

interface Templated extends KubeObject {
  spec: { template?: { spec?: PodSpec } };
}

const containersOf = ({ spec }: Frozen<Templated>) => spec.template?.spec?.containers ?? [];

/** The names of a template's containers. */
export const containersColumn: Column<Templated> = {
  name: "Containers",
  wide: true,
  description: "The names of the containers in the template",
  of: (object) => listed(containersOf(object).map(({ name }) => name)),
};

/** The images of a template's containers. */
export const imagesColumn: Column<Templated> = {
  name: "Images",
  wide: true,
  description: "The images of the containers in the template",
  of: (object) => listed(containersOf(object).map(({ image }) => image ?? "")),
};
