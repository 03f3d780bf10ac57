import { expect, test } from "vitest";
import { homeEnvironment } from "../../../cli/setup/home-environment.ts";

const found = { dataDirectory: "/data", dockerUrl: "unix:///d.sock", mirror: "file:///m" };

test("what is not set suits one person's machine", () => {
  expect(homeEnvironment({}, found)).toEqual({
    SIGN_KEY_GENERATE: "true",
    SYNC_MIRROR: "file:///m",
    DATA_DIR: "/data",
    DOCKER_URL: "unix:///d.sock",
  });
});

test("what is set wins, but an empty variable is not set", () => {
  const environment = { SIGN_KEY_GENERATE: "false", SYNC_MIRROR: "", NAME: "mine" };

  expect(homeEnvironment(environment, found)).toEqual({
    SIGN_KEY_GENERATE: "false",
    SYNC_MIRROR: "file:///m",
    NAME: "mine",
    DATA_DIR: "/data",
    DOCKER_URL: "unix:///d.sock",
  });
});
