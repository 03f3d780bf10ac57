import { expect, test } from "vitest";
import { minutes } from "#shared/time.ts";
import { startApi } from "../support/api.ts";
import { startAur } from "../support/aur.ts";
import { makeDataDirectory, secret, startKiln } from "../support/kiln.ts";
import { findFaults, fuzz } from "../support/openapi.ts";

const documentOf = async () => {
  await using api = await startApi();
  return await (await api.request("/openapi.json")).json();
};

test(
  "openapi-spec-validator finds nothing wrong with GET /openapi.json",
  async () => {
    expect(await findFaults(await documentOf())).toBe("");
  },
  minutes(5),
);

test(
  "openapi-spec-validator would find a tuple of an older JSON Schema",
  async () => {
    const document = await documentOf();
    const { content } = document.paths["/package/list"].get.responses[200];
    content["application/json"].schema.items = [{ type: "string" }];

    expect(await findFaults(document)).toContain("[{'type': 'string'}]");
  },
  minutes(5),
);

test(
  "schemathesis gets no answer from kiln that /openapi.json does not describe, and no 5xx",
  async () => {
    await using aur = await startAur();
    await using data = await makeDataDirectory();
    await using kiln = await startKiln(data.path, { AUR_URL: aur.url });

    const { exitCode, report } = await fuzz({ url: kiln.url, secret, examples: 6, seed: 1 });

    expect(exitCode, report).toBe(0);
  },
  minutes(5),
);
