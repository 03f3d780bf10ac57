import { expect, test } from "vitest";
import { networkEnvironment, programEnvironment } from "#shared/service/program-config.ts";

test("programs get where programs are, and speak English", () => {
  expect(programEnvironment({ PATH: "/bin", HOME: undefined })).toEqual({
    PATH: "/bin",
    LC_ALL: "C",
  });
});

test("a proxy is passed on under both forms of its name, whichever was set", () => {
  const environment = networkEnvironment({
    HTTP_PROXY: "http://one",
    http_proxy: "http://other",
    no_proxy: "example.org",
    SSL_CERT_FILE: "/ca.pem",
  });

  expect(environment).toEqual({
    HTTP_PROXY: "http://one",
    http_proxy: "http://one",
    NO_PROXY: "example.org",
    no_proxy: "example.org",
    SSL_CERT_FILE: "/ca.pem",
  });
});
