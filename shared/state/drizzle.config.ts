import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./shared/state/*.ts",
  out: "./shared/state/migrations",
});
