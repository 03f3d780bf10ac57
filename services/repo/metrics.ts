import { gauge, histogram } from "#shared/metrics/declare.ts";

export const publishTime = histogram(
  "kiln_publish_seconds",
  "From taking a request to publish to the generation with it being served",
  [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
);

export const publishedPackages = gauge(
  "kiln_repository_packages",
  "Packages in the repository as it is served",
);

export const publishedBytes = gauge(
  "kiln_repository_bytes",
  "Bytes of the package files in the repository as it is served",
);
