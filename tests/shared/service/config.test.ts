import * as v from "valibot";
import { expect, test } from "vitest";
import { Fault } from "#shared/fault.ts";
import { flag, integer, parseConfig, text } from "#shared/service/config.ts";

const Config = v.object({
  PORT: integer(8080, 0, 65_535, "a port"),
  ALLOW_READS: flag(false),
  PACKAGER: text,
});

test.each([
  [{}, { PORT: 8080, ALLOW_READS: false }],
  [
    { PORT: "0", ALLOW_READS: "true", PACKAGER: "me" },
    { PORT: 0, ALLOW_READS: true, PACKAGER: "me" },
  ],
  [
    { PORT: "", ALLOW_READS: "none", PACKAGER: "none" },
    { PORT: 8080, ALLOW_READS: false },
  ],
])("%o is read as %o", (environment, config) => {
  expect(parseConfig(Config, environment)).toEqual(config);
});

test.each([
  [{ PORT: "http" }, 'PORT is "http", expected a port (0 to 65535)'],
  [{ PORT: "65536" }, "PORT is 65536, expected a port (0 to 65535)"],
  [{ PORT: "-1" }, 'PORT is "-1", expected a port (0 to 65535)'],
  [{ ALLOW_READS: "yes" }, 'ALLOW_READS is "yes", expected true or false'],
])("%o stops the start with one line", (environment, line) => {
  expect(() => parseConfig(Config, environment)).toThrow(new Fault("invalid", line));
});
