/** Puts values in the places of a PKGBUILD that are written `@name@`. A place without a value is a bug. */
export const fillPkgbuild = (template: string, values: Readonly<Record<string, string>>) =>
  template.replace(/@([A-Za-z.]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new TypeError(`the PKGBUILD names @${name}@, which has no value`);
    return value;
  });
