import { addOrders } from "../adds.ts";
import { packages } from "../packages.ts";
import { apiOutbox } from "../recovery.ts";
import type { Root } from "./root.ts";

/** The blobs that the api's tables name. */
export const apiRoots: readonly Root[] = [
  { kind: "sources", column: apiOutbox.payload },
  // The PKGBUILD of a package that is added as text, and of one that was.
  { kind: "sources", column: addOrders.spec },
  { kind: "sources", column: packages.spec },
];
