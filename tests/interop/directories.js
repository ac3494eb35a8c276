/** Lets Node import a folder of a package ("@nozbe/watermelondb/sync"), as the bundlers of apps do. */
import { register } from "node:module";

const hook = `export const resolve = (name, context, next) =>
  next(name, context).catch((error) => {
    if (error.code === "ERR_UNSUPPORTED_DIR_IMPORT") return next(name + "/index.js", context);
    throw error;
  });`;
register("data:text/javascript," + encodeURIComponent(hook));
