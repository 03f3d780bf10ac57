/** Whether a package of the AUR follows its upstream's repository; nobody says so at an add. */
export const isDevel = (pkgbase: string) => pkgbase.endsWith("-git");
