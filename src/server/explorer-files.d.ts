// What `import path from "..." with { type: "file" }` gives for the files of the explorer: the path
// of the file, on disk or, in the executable, inside it.
declare module "swagger-ui-dist/swagger-ui-bundle.js" {
  const path: string;
  export default path;
}
declare module "#explorer.css" {
  const path: string;
  export default path;
}
