import { expect, test } from "vitest";
import { remoteOf } from "#shared/git-remote.ts";

test.each([
  "https://example.org/x.git",
  "git@example.org:x.git",
  "file:///srv/x@y.git",
  "https://example.org/a@b.git",
])("%s has no secret in it and stays as it is", (url) => {
  expect(remoteOf(url)).toEqual({ url, environment: {} });
});

test("a user and a password go from the URL into the environment, for their server alone", () => {
  const remote = remoteOf("HTTPS://me:p%40ss:word@example.org:8443/x.git?a=b@c");

  expect(remote).toEqual({
    url: "HTTPS://example.org:8443/x.git?a=b@c",
    environment: {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "credential.https://example.org:8443.helper",
      GIT_CONFIG_VALUE_0: expect.not.stringContaining("p@ss"),
      KILN_GIT_USERNAME: "me",
      KILN_GIT_PASSWORD: "p@ss:word",
    },
  });
});

test("ssh keeps its user and gets no password", () => {
  expect(remoteOf("ssh://git:secret@example.org/x.git")).toEqual({
    url: "ssh://git@example.org/x.git",
    environment: {},
  });
});

test.each(["a%0Apassword=b", "%zz"])("%s is no password", (password) => {
  expect(remoteOf(`https://me:${password}@example.org/x.git`)).toBeUndefined();
});
