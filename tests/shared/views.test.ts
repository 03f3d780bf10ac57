import * as v from "valibot";
import { expect, test } from "vitest";
import {
  AddedPackages,
  BuildInfo,
  BuildState,
  PackageInfo,
  PackageList,
  ServerInfo,
} from "#shared/views.ts";

/** Bodies as serene v0.4.3 sent them. */
const recorded = [
  [
    "001",
    ServerInfo,
    '{"version":"v0.4.3","started":"2026-11-21T00:19:06.130792675Z","name":"serene","architecture":"x86_64","readable":true,"signed":false}',
  ],
  [
    "035",
    PackageInfo,
    '{"base":"trivial-hello","members":["trivial-hello"],"description":"installs one file","upstream_url":"https://example.invalid/hello","builds":1,"version":"1.0.0","source":"raw pkgbuild","source_url":null,"devel":false,"srcinfo_override":false,"enabled":true,"clean":true,"private":false,"dependency":false,"schedule":"0 0 0 * * *","schedule_changed":false,"prepare_commands":null,"makepkg_flags":[],"added":"2026-11-21T00:19:26.258760792Z"}',
  ],
  [
    "036",
    BuildInfo,
    '{"state":{"state":"success"},"reason":"initial","version":"1.0.0","started":"2026-11-21T00:19:26.261359747Z","ended":"2026-11-21T00:19:29.559162968Z","mem_peak":null,"cpu_user":null,"cpu_system":null,"io_tbr":null,"io_tbw":null}',
  ],
  [
    "104",
    BuildInfo,
    '{"state":{"state":"running","info":"build"},"reason":"manual","version":null,"started":"2026-11-21T00:21:21.294396311Z","ended":null,"mem_peak":null,"cpu_user":null,"cpu_system":null,"io_tbr":null,"io_tbw":null}',
  ],
  [
    "095",
    AddedPackages,
    '[{"base":"demo-devel-git","members":[],"description":null,"upstream_url":null,"builds":0,"version":null,"source":"aur package","source_url":"https://aur.archlinux.org/pkgbase/demo-devel-git","devel":true,"srcinfo_override":false,"enabled":true,"clean":false,"private":false,"dependency":false,"schedule":"0 0 0 * * *","schedule_changed":false,"prepare_commands":null,"makepkg_flags":[],"added":"2026-11-21T00:20:49.618199998Z"}]',
  ],
  [
    "101",
    PackageList,
    '[{"base":"trivial-hello","members":["trivial-hello"],"version":"1.0.0","enabled":false,"devel":false,"build":{"state":{"state":"success"},"reason":"manual","version":"1.0.0","started":"2026-11-21T00:20:21.450022140Z","ended":"2026-11-21T00:20:25.216597601Z","mem_peak":null,"cpu_user":null,"cpu_system":null,"io_tbr":null,"io_tbw":null},"added":"2026-11-21T00:19:26.258760792Z"}]',
  ],
] as const;

test.each(recorded)(
  "recording %s has exactly the schema's keys, in its order",
  (_, schema, body) => {
    const parsed = v.parse<v.GenericSchema>(schema, JSON.parse(body));

    expect(JSON.stringify(parsed)).toBe(body);
  },
);

test.each([
  { state: "pending" },
  { state: "running", info: "update" },
  { state: "cancelled", info: "failed to build dependency demo-lib successfully" },
  { state: "fatal", info: ["no image", "build"] },
])("%o is a state on the wire", (state) => {
  expect(v.parse(BuildState, state)).toEqual(state);
});

test.each([{ state: "done" }, { state: "running" }, { state: "fatal", info: "no image" }])(
  "%o is none",
  (state) => {
    expect(v.is(BuildState, state)).toBe(false);
  },
);
